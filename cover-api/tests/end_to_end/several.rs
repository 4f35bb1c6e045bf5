//! Several specs make one service.

use std::error::Error as _;
use std::time::Duration;

use cover_api::runtime::{AnyService, Client, Spec};
use cover_api::sandbox::{Answer, Sandbox, SandboxBuilder};
use cover_spec::SHIPPED;
use cover_testkit::{Outcome, Result};
use serde_json::json;

use crate::common::{SONG, exchange, fast_sandbox, in_process, request};

const MIX: &str = include_str!("../specs/mix.toml");
const STYLE: &str = include_str!("../specs/style.toml");
const CREDIT: &str = include_str!("../specs/credit.toml");
const VOICE: &str = include_str!("../specs/voice.toml");

const RAIN: &str = r#"{"content":"rain"}"#;

fn with_all(builder: SandboxBuilder) -> SandboxBuilder {
    builder.spec(SHIPPED).spec(MIX).spec(STYLE).spec(VOICE)
}

fn mix_json() -> String {
    json!({ "uploadUrl": SONG, "callBackUrl": "https://api.example.com/songs" }).to_string()
}

/// Returns clients of the operations with these specs, of one account. Requests go to the router of the sandbox, without a
/// connection.
fn clients<const COUNT: usize>(sandbox: &Sandbox, specs: [&str; COUNT]) -> Result<[Client<AnyService>; COUNT]> {
    let first = cover_api::Client::builder(sandbox.key()).transport(sandbox.router());
    let first = first.rate_limit(64, Duration::ZERO).max_attempts(1).retry_window(Duration::ZERO).build()?;
    let client = |text| Ok(first.account().operation_from_spec(&Spec::parse("spec.toml", text)?)?);
    let clients: Vec<_> = specs.into_iter().map(client).collect::<Result<_>>()?;
    clients.try_into().map_err(|_| "another number".into())
}

/// Sends a request that is answered by a task. Returns its id.
async fn task(client: &Client<AnyService>, json: &str) -> Result<String> {
    let given = client.send(&client.request(json)?).await?;
    Ok(given.task().ok_or("an answer")?.id().to_owned())
}

fn cover_json() -> Result<String> {
    Ok(serde_json::to_string(&request())?)
}

#[tokio::test]
async fn each_request_is_answered_by_the_operation_with_its_method_and_path() -> Outcome {
    let sandbox = with_all(fast_sandbox()).start().await?;
    let [covers, mixes, styles, voices] = clients(&sandbox, [SHIPPED, MIX, STYLE, VOICE])?;
    let cover = task(&covers, &cover_json()?).await?;
    let mix = task(&mixes, &mix_json()).await?;
    let style = styles.send(&styles.request(RAIN)?).await?.answer().ok_or("a task")?;
    assert_eq!(style.values["style"], "task-3-0");
    let said = json!({ "text": "La", "callBackUrl": "https://api.example.com/songs" }).to_string();
    let voice = task(&voices, &said).await?;

    let created = sandbox.created();
    let created: Vec<_> = created.iter().map(|task| (task.id.as_str(), task.operation.as_str())).collect();
    let ids = [cover.as_str(), mix.as_str(), "task-3", voice.as_str()];
    let operations = ["sunoapi.org/upload-cover", "sunoapi.org/mix", "style.example", "sunoapi.org/voice"];
    assert_eq!(created, ids.into_iter().zip(operations).collect::<Vec<_>>());
    assert_eq!((sandbox.tasks(), sandbox.submits()), (4, 4));
    let unknown = exchange(&sandbox, "POST /api/v1/nothing", "").await?;
    assert_eq!(unknown["code"], 404);
    Ok(())
}

#[tokio::test]
async fn a_task_is_found_at_the_path_of_its_own_spec_only() -> Outcome {
    let sandbox = with_all(fast_sandbox()).start().await?;
    let [covers, mixes] = clients(&sandbox, [SHIPPED, MIX])?;
    let (cover, mix) = (task(&covers, &cover_json()?).await?, task(&mixes, &mix_json()).await?);
    for (path, own, other) in [("generate", &cover, &mix), ("mix", &mix, &cover)] {
        let path = format!("GET /api/v1/{path}/record-info?taskId=");
        let found = exchange(&sandbox, &format!("{path}{own}"), "").await?;
        assert_eq!((&found["code"], &found["data"]["taskId"]), (&json!(200), &json!(own)));
        let missing = exchange(&sandbox, &format!("{path}{other}"), "").await?;
        assert_eq!((&missing["code"], missing.get("data")), (&json!(404), None), "{path}{other}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn specs_with_one_poll_path_find_their_own_tasks_there() -> Outcome {
    let shared = MIX.replacen("/api/v1/mix/record-info", "/api/v1/generate/record-info", 1);
    let sandbox = fast_sandbox().spec(SHIPPED).spec(&*shared).start().await?;
    let [covers, mixes] = clients(&sandbox, [SHIPPED, &shared])?;
    for (client, json) in [(&covers, cover_json()?), (&mixes, mix_json())] {
        let task = client.send(&client.request(&json)?).await?.task().ok_or("an answer")?;
        assert!(task.wait().await?.has_output());
    }
    Ok(())
}

#[tokio::test]
async fn all_operations_share_one_balance() -> Outcome {
    let sandbox = with_all(fast_sandbox()).credits(30).start().await?;
    let [covers, mixes] = clients(&sandbox, [SHIPPED, MIX])?;
    let mut left = Vec::new();
    for (client, json) in [(&covers, cover_json()?), (&mixes, mix_json()), (&covers, cover_json()?)] {
        task(client, &json).await?;
        left.push(exchange(&sandbox, "GET /api/v1/generate/credit", "").await?["data"].clone());
    }
    assert_eq!(left, [json!(18), json!(17.6), json!(5.6)]);
    let error = covers.send(&covers.request(cover_json()?)?).await.expect_err("5.6 are left");
    assert!(error.is_insufficient_credits(), "{error:?}");
    assert_eq!(sandbox.tasks(), 3);
    Ok(())
}

#[tokio::test]
async fn the_balance_is_the_answer_where_an_operation_has_its_path() -> Outcome {
    let credit = CREDIT.replacen("without = [", "without = [\"credits\", ", 1);
    let sandbox = fast_sandbox().spec(&*credit).spec(SHIPPED).credits(30).start().await?;
    let balance = exchange(&sandbox, "GET /api/v1/generate/credit?team=a", "").await?;
    assert_eq!((&balance["data"], sandbox.tasks()), (&json!(30), 0));

    let alone = fast_sandbox().spec(CREDIT).start().await?;
    exchange(&alone, "GET /api/v1/generate/credit?team=a", "").await?;
    assert_eq!(alone.created()[0].request, json!({ "team": "a" }));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_rate_limits_of_all_specs_hold_for_all_requests_together() -> Outcome {
    const SECOND: Duration = Duration::from_secs(1);
    let limited = |spec: &str, requests: u32, per: &str| {
        let limit = format!("[rate_limit]\nrequests = {requests}\nper = \"{per}\"\n\n[submit]");
        spec.replacen("[submit]", &limit, 1)
    };
    let sandbox = Sandbox::builder().spec(limited(MIX, 2, "1 s")).spec(limited(STYLE, 3, "10 s")).start().await?;
    let mut taken = Vec::new();
    for (seconds, what, body) in [
        (0, "POST /api/v1/mix", &*mix_json()),
        (0, "POST /api/v1/style/generate", RAIN),
        (0, "POST /api/v1/style/generate", RAIN),
        (2, "POST /api/v1/style/generate", RAIN),
        (2, "POST /api/v1/mix", &*mix_json()),
        (8, "POST /api/v1/mix", &*mix_json()),
    ] {
        tokio::time::sleep(SECOND * seconds).await;
        taken.push(in_process(&sandbox, what, body).await?["code"] == 200);
    }
    assert_eq!(taken, [true, true, false, true, false, true]);
    assert_eq!((sandbox.tasks(), sandbox.excess_requests()), (4, 2));
    Ok(())
}

/// The same operation with another id, and a field that says what it is about.
fn sounds(id: &str, about: &str) -> String {
    let spec = MIX.replacen("sunoapi.org/mix", id, 1);
    spec + &format!("\n[fields.about]\ntype = \"string\"\ndoc = \"What it is.\"\nconstant = \"{about}\"\n")
}

#[tokio::test]
async fn operations_with_one_path_are_told_apart_by_their_rules() -> Outcome {
    let sandbox =
        fast_sandbox().spec(sounds("rain.example", "rain")).spec(sounds("wind.example", "wind")).start().await?;
    let post = async |about: &str| {
        let body = json!({ "uploadUrl": SONG, "callBackUrl": "https://api.example.com/songs", "about": about });
        exchange(&sandbox, "POST /api/v1/mix", &body.to_string()).await
    };
    for about in ["wind", "rain"] {
        assert_eq!(post(about).await?["code"], 200);
    }
    let operations: Vec<_> = sandbox.created().into_iter().map(|task| task.operation).collect();
    assert_eq!(operations, ["wind.example", "rain.example"]);
    for task in ["task-1", "task-2"] {
        let found = exchange(&sandbox, &format!("GET /api/v1/mix/record-info?taskId={task}"), "").await?;
        assert_eq!((&found["code"], &found["data"]["taskId"]), (&json!(200), &json!(task)));
    }
    let refused = post("snow").await?;
    assert_eq!(refused["code"], 400);
    assert_eq!(refused["msg"], "as `rain.example`: about: must be rain; as `wind.example`: about: must be wind");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn scripts_and_faults_are_for_all_operations() -> Outcome {
    let sandbox = with_all(fast_sandbox()).start().await?;
    let [covers, mixes] = clients(&sandbox, [SHIPPED, MIX])?;
    sandbox.answer_submit(Answer::code(455));
    assert!(mixes.send(&mixes.request(mix_json())?).await.expect_err("scripted").is_maintenance());
    sandbox.script_statuses(["SENSITIVE_WORD_ERROR"]);
    let given = covers.send(&covers.request(cover_json()?)?).await?;
    assert!(given.task().ok_or("an answer")?.wait().await.expect_err("scripted").is_failed());

    let faulty = with_all(fast_sandbox()).faults(1.0, 7).start().await?;
    let [covers, mixes] = clients(&faulty, [SHIPPED, MIX])?;
    let mut unknown = 0;
    for number in 0..10 {
        for (client, json) in [(&covers, cover_json()?), (&mixes, mix_json())] {
            let request = client.request(&json)?;
            let error = client.send(&request).key(number.to_string()).await.expect_err("always faulty");
            unknown += usize::from(error.is_outcome_unknown());
        }
    }
    let mixed = faulty.created().iter().filter(|task| task.operation == "sunoapi.org/mix").count();
    assert_eq!(faulty.tasks(), unknown);
    assert!((1..unknown).contains(&mixed), "{mixed} of {unknown}");
    Ok(())
}

#[tokio::test]
async fn a_spec_with_faults_is_named_and_an_operation_has_one_spec() -> Outcome {
    let faulty = Sandbox::builder().spec(SHIPPED).spec("[service]").start().await.expect_err("it has faults");
    assert!(faulty.to_string().starts_with("spec 2 of the sandbox has "), "{faulty}");
    let faults = faulty.source().ok_or("no source")?.to_string();
    assert!(faults.contains("spec 2 of the sandbox:1:"), "{faults}");
    let twice = Sandbox::builder().spec(MIX).spec(MIX).start().await.expect_err("one operation");
    assert_eq!(
        twice.to_string(),
        "two specs of the sandbox have the operation id `sunoapi.org/mix`: leave one of them out"
    );
    Ok(())
}
