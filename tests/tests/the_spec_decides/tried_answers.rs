//! `cover-spec try` and the runtime read answers alike: the same task, status, tracks and outcome.

use std::error::Error;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use cover_api::callback::CallbackOutcome;
use cover_api::{Client, CoverRequest, Model, TaskHandle};
use cover_spec::trial::{AnswerKind, Trial};
use cover_spec::{SHIPPED, Spec};

type Outcome = Result<(), Box<dyn Error>>;

/// The answer that a service gives next.
type Next = Arc<Mutex<(u16, Vec<u8>)>>;

async fn answer(State(next): State<Next>) -> (StatusCode, Vec<u8>) {
    let (status, body) = next.lock().unwrap_or_else(PoisonError::into_inner).clone();
    (StatusCode::from_u16(status).expect("a status"), body)
}

/// Starts a service, and returns its next answer and a client of it.
async fn connected() -> Result<(Next, Client), Box<dyn Error>> {
    let next = Next::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let router = Router::new().fallback(answer).with_state(next.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = Client::builder("key").base_url(url).max_attempts(1).rate_limit(64, Duration::ZERO);
    Ok((next, client.max_pause(Duration::ZERO).build()?))
}

fn give(next: &Next, status: u16, body: &[u8]) {
    *next.lock().unwrap_or_else(PoisonError::into_inner) = (status, body.to_vec());
}

fn tried(body: &[u8], status: u16, kind: AnswerKind) -> Trial {
    static SPEC: LazyLock<Spec> = LazyLock::new(|| Spec::parse("spec.toml", SHIPPED).expect("no faults"));
    SPEC.try_answer(body, status, Some(kind))
}

fn handle(task: &str) -> TaskHandle {
    let handle = serde_json::json!({ "service": "sunoapi.org/upload-cover", "task": task });
    serde_json::from_value(handle).expect("a handle")
}

/// Ids in every form, as JSON.
const IDS: [&str; 14] = [
    "\"t\"",
    "17",
    "1e3",
    "1.50",
    "123456789012345678901234567890",
    "\"\"",
    "\"  \"",
    "\" t\"",
    "\"a\\n\"",
    "\"t\\u00001\"",
    "null",
    "NaN",
    "[]",
    "{}",
];

/// Makes a body of bytes that are not all UTF-8, after a byte order mark.
fn damaged(body: &str) -> Vec<u8> {
    let [before, after] = [&body[..body.len() / 2], &body[body.len() / 2..]];
    [b"\xef\xbb\xbf", before.as_bytes(), b"\xff", after.as_bytes()].concat()
}

#[tokio::test]
async fn answers_to_the_post_are_read_alike() -> Outcome {
    let mut bodies: Vec<Vec<u8>> =
        IDS.map(|id| format!(r#"{{"code":200,"msg":"ok","data":{{"taskId":{id}}}}}"#).into()).into();
    bodies.extend(["200", "\"200\"", "200.0", "2e2", "null", "[200]", "402", "413", "500", "-1", "4294967496"].map(
        |code| {
            format!(r#"{{"data":{{"x":{{"taskId":"no"}},"taskId":"other","taskId":"t"}},"code":{code}}}"#).into_bytes()
        },
    ));
    bodies.extend(["400", "430", "500", "531"].map(|code| format!(r#"{{"code":{code},"data":null}}"#).into_bytes()));
    bodies.extend(
        ["", "<html>", "[]", "{}", "null", r#"{"code":200,"data":{"taskId":"t1","x":"#]
            .map(|body| body.as_bytes().to_vec()),
    );
    bodies.push(damaged(
        r#"{"code":200,"data":{"taskId":"t1"},"msg":"a long message, so that the damage is in a text"}"#,
    ));
    bodies.push(damaged(r#"{"code":200,"data":{"taskId":"a long id of a task, so that the damage is in it"}}"#));
    let mut created = 0;
    for (number, (status, body)) in
        (0..).zip([200, 307, 407, 429, 502].iter().flat_map(|status| bodies.iter().map(move |body| (*status, body))))
    {
        // A new ledger, in which no id belongs to an entry.
        let (next, client) = connected().await?;
        give(&next, status, body);
        let trial = tried(body, status, AnswerKind::Submit);
        let shown = format!("{number}: HTTP {status}, {}\n{trial}", String::from_utf8_lossy(body));
        let request = CoverRequest::non_custom().upload_url("https://a.example/1").without_callback().model(Model::V5);
        match client.send(&request.prompt("an idea").build()?).await {
            Ok(task) => {
                assert_eq!(trial.task.as_deref(), Some(task.id()), "{shown}");
                created += 1;
            }
            Err(error) => {
                assert_eq!(trial.task, None, "{shown}");
                let is_unknown = trial.to_string().contains("outcome: unknown");
                assert_eq!(is_unknown, error.is_outcome_unknown(), "{error}\n{shown}");
            }
        }
    }
    assert!(created > 20, "{created} tasks were created");
    Ok(())
}

#[tokio::test]
async fn answers_to_polls_are_read_alike() -> Outcome {
    let track =
        |url: &str| format!(r#"{{"id":"a","audioUrl":{url},"stream_audio_url":"https://a.example/s","duration":"7"}}"#);
    let (full, empty) = (track("\"https://a.example/1\""), r#"{"id":"","audioUrl":null}"#);
    let lists = [
        "null".to_owned(),
        "[]".to_owned(),
        "\"none\"".to_owned(),
        full.clone(),
        format!("[{full},{empty},null,7,{}]", track("[1]")),
        format!("[{empty}]"),
        format!("[{}]", vec![full; 1_001].join(",")),
    ];
    let statuses = [
        "\"PENDING\"",
        "\"SUCCESS\"",
        "\"CALLBACK_EXCEPTION\"",
        "\"SENSITIVE_WORD_ERROR\"",
        "\"MASTERING\"",
        "\"\"",
        "7",
        "null",
    ];
    let (next, client) = connected().await?;
    // Polls of one task must wait for each other.
    let mut tasks = (0..).map(|number: u32| handle(&number.to_string()));
    for list in &lists {
        for status in statuses {
            for error in ["0", "\"0.0\"", "\" \"", "200", "413", "\"no\"", "null"] {
                for place in [r#""response":{"sunoData":LIST}"#, r#""response":null,"data":LIST"#] {
                    let place = place.replace("LIST", list);
                    let body = format!(r#"{{"code":"200","data":{{"status":{status},"errorCode":{error},{place}}}}}"#);
                    give(&next, 200, body.as_bytes());
                    let trial = tried(body.as_bytes(), 200, AnswerKind::Poll);
                    let snapshot = client.resume(tasks.next().expect("it has no end")).poll().await?;
                    let shown = format!("{}\n{trial}", &body[..body.len().min(300)]);
                    assert_eq!(trial.status.clone().unwrap_or_default(), snapshot.status.to_string(), "{shown}");
                    assert_eq!(tracks(&trial), snapshot.tracks.len(), "{shown}");
                    assert_eq!(trial.is_complete, snapshot.has_output(), "{shown}");
                    let said = |outcome: &str| trial.to_string().contains(&format!("outcome: the task {outcome}"));
                    assert_eq!(
                        [said("is done"), said("has failed")],
                        [snapshot.is_done(), snapshot.is_failed()],
                        "{shown}"
                    );
                }
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_task_of_a_poll_is_read_alike() -> Outcome {
    for id in IDS {
        let body = format!(r#"{{"code":200,"data":{{"taskId":{id},"status":"PENDING"}}}}"#);
        let named = tried(body.as_bytes(), 200, AnswerKind::Poll).task;
        for task in ["t", "17", "1e3", "1.50", "123456789012345678901234567890"] {
            let (next, client) = connected().await?;
            give(&next, 200, body.as_bytes());
            let is_of_another = client.resume(handle(task)).poll().await.is_err();
            assert_eq!(is_of_another, named.as_deref().is_some_and(|named| named != task), "{body}, polled as {task}");
        }
    }
    Ok(())
}

#[test]
fn callbacks_are_read_alike() -> Outcome {
    let client = Client::builder("key").callbacks("https://api.example.com/covers", "0123456789abcdef").build()?;
    let callbacks = client.callbacks()?;
    let deep = format!(
        r#"{{"code":200,"x":{}{},"data":{{"callbackType":"text","task_id":"t"}}}}"#,
        "[".repeat(500),
        "]".repeat(500)
    );
    let mut bodies = vec![deep.into_bytes(), Vec::new(), b"[]".to_vec(), b"{\"data\":7}".to_vec()];
    for id in IDS {
        for stage in ["\"text\"", "\"complete\"", "\"error\"", "\"mastered\"", "\"\"", "7", "null"] {
            for list in
                ["null", "[]", "{}", r#"[{"audio_url":"https://a.example/1"},{"audio_url":""},7]"#, r#"{"id":"a"}"#]
            {
                let body =
                    format!(r#"{{"code":"200","data":{{"callbackType":{stage},"task_id":{id},"data":{list}}}}}"#);
                bodies.extend([damaged(&body), body.into_bytes()]);
            }
        }
    }
    let mut accepted = 0;
    for body in bodies {
        let valid = callbacks.test_factory().valid("t", "complete");
        let trial = tried(&body, 200, AnswerKind::Callback);
        let shown = format!("{}\n{trial}", String::from_utf8_lossy(&body));
        match callbacks.receive(&valid.path, &valid.headers, &body).outcome() {
            CallbackOutcome::Unawaited(read) => {
                accepted += 1;
                assert_eq!(trial.task.as_deref(), Some(read.task.id()), "{shown}");
                assert_eq!(trial.status, read.status.as_ref().map(ToString::to_string), "{shown}");
                assert_eq!(tracks(&trial), read.tracks.len(), "{shown}");
            }
            CallbackOutcome::Refused(_) => {
                assert!(trial.to_string().contains("outcome: the callback is refused"), "{shown}");
                assert!(trial.status.is_none() && tracks(&trial) == 0, "{shown}");
            }
            other => panic!("{other:?}: {shown}"),
        }
    }
    assert!(accepted > 50, "{accepted} callbacks were accepted");
    Ok(())
}

/// Returns the number of tracks that were read.
fn tracks(trial: &Trial) -> usize {
    trial.results.iter().map(|result| result.count).sum()
}
