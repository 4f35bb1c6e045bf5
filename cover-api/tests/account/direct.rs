//! Operations that answer at once, GETs and multipart requests whose specs are read at run time, on one account beside generated
//! types.

use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use cover_api::runtime::{Answer, AnyService, Client, Given, Resolution, Spec};
use cover_api::sandbox::{self, Sandbox};
use cover_testkit::{Outcome, Result};
use style::{StyleRequest, Styles};
use tokio::time::{sleep, timeout};
use tower_service::Service as _;

use crate::common::{ADDRESS, SECRET, cover};

mod style {
    cover_api::api!("tests/specs/style.toml", in crate::direct::style);
}

const STYLE: &str = include_str!("../specs/style.toml");
const CREDIT: &str = include_str!("../specs/credit.toml");
const VOICE: &str = include_str!("../specs/voice.toml");

const SECOND: Duration = Duration::from_secs(1);

const RAIN: &str = r#"{"content":"rain"}"#;

/// A sandbox for each operation, all of one account.
struct Service {
    cover: Sandbox,
    style: Sandbox,
    credit: Sandbox,
    voice: Sandbox,
}

impl Service {
    async fn start() -> Result<Self> {
        let sandbox = || Sandbox::builder().stage_every(45 * SECOND).credits(u32::MAX).without_rate_limit();
        Ok(Self {
            cover: sandbox().start().await?,
            style: sandbox().spec(STYLE).start().await?,
            credit: sandbox().spec(CREDIT).start().await?,
            voice: sandbox().spec(VOICE).start().await?,
        })
    }

    /// Returns a client of the shipped spec, which receives the callbacks of all operations.
    fn client(&self) -> Result<cover_api::Client> {
        let routers = [&self.cover, &self.style, &self.credit, &self.voice].map(Sandbox::router);
        let router = Router::new().fallback(answer).with_state(routers);
        let client =
            cover_api::Client::builder(self.cover.key()).transport(router).callbacks(ADDRESS, SECRET).build()?;
        for sandbox in [&self.cover, &self.voice] {
            sandbox.deliver_to(client.callbacks()?.router());
        }
        Ok(client)
    }
}

/// Each reply takes a second.
async fn answer(State(routers): State<[Router; 4]>, request: Request) -> Response {
    let [mut cover, mut style, mut credit, mut voice] = routers;
    let router = match request.uri().path() {
        "/api/v1/style/generate" => &mut style,
        "/api/v1/generate/credit" => &mut credit,
        path if path.ends_with("/voice") => &mut voice,
        _ => &mut cover,
    };
    let Ok(response) = router.call(request).await;
    sleep(SECOND).await;
    response
}

fn operation(client: &cover_api::Client, spec: &str) -> Result<Client<AnyService>> {
    Ok(client.account().operation_from_spec(&Spec::parse("spec.toml", spec)?)?)
}

/// Sends a request, with a key or without, to an operation that answers at once.
async fn ask(client: &Client<AnyService>, json: &str, key: Option<&str>) -> Result<Answer<AnyService>> {
    let request = client.request(json)?;
    let sending = client.send(&request);
    let sending = if let Some(key) = key { sending.key(key) } else { sending };
    Ok(sending.await?.answer().ok_or("a task")?)
}

#[tokio::test(start_paused = true)]
async fn a_key_of_an_operation_that_answers_at_once_is_one_purchase_of_its_own() -> Outcome {
    let service = Service::start().await?;
    let covers = service.client()?;
    let styles = operation(&covers, STYLE)?;
    let song = covers.send(&cover(1)).key("order").await?;
    let first = ask(&styles, RAIN, Some("order")).await?;
    assert!(first.was_posted() && first.values["style"].is_string(), "{:?}", first.json());
    assert_eq!(first.values["style"], first.json()["data"]["result"]);

    // The ledger has the answer, for generated types too.
    let again = ask(&styles, RAIN, Some("order")).await?;
    assert_eq!((again.was_posted(), again.json()), (false, first.json()));
    let found = styles.find("order").await?.and_then(Given::answer).ok_or("not found")?;
    assert_eq!((found.was_posted(), found.json()), (false, first.json()));
    let typed = covers.operation::<Styles>()?;
    let request = StyleRequest::builder().content("rain").build()?;
    assert_eq!(typed.send(&request).key("order").await?.json(), first.json());
    assert_eq!(typed.find("order").await?.ok_or("not found")?.style.as_deref(), first.values["style"].as_str());
    assert_eq!((service.cover.submits(), service.style.submits()), (1, 1));

    // Both purchases of the key belong to the account. Only one of them is a task.
    let mut found = covers.account().find("order").await?;
    found.sort_by_key(|task| task.handle.operation().to_owned());
    let operations: Vec<_> = found.iter().map(|task| task.handle.operation()).collect();
    assert_eq!(operations, ["style.example", "sunoapi.org/upload-cover"]);
    assert_eq!(found[1].handle.of(), Some(song.handle()));
    let polled = styles.resume(found[0].handle.clone()).poll().await.expect_err("it has no tasks");
    assert!(polled.is_setup() && polled.to_string().contains("answers at once"), "{polled}");

    // What was answered is not unfinished, and its key is no other request's.
    let unfinished = covers.account().unfinished().await?;
    assert_eq!(unfinished.iter().map(|task| task.handle.operation()).collect::<Vec<_>>(), ["sunoapi.org/upload-cover"]);
    let other = styles.request(r#"{"content":"sun"}"#)?;
    assert!(styles.send(&other).key("order").await.expect_err("another request").is_key_conflict());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_nobody_received_is_unfinished_with_a_key_or_without() -> Outcome {
    for key in [Some("order"), None] {
        let service = Service::start().await?;
        let covers = service.client()?;
        let styles = operation(&covers, STYLE)?;
        assert!(timeout(SECOND / 2, ask(&styles, RAIN, key)).await.is_err(), "it is dropped before the reply");
        sleep(SECOND).await;
        let unfinished = covers.account().unfinished().await?;
        let listed: Vec<_> = unfinished.iter().map(|task| (task.handle.operation(), task.key.as_deref())).collect();
        assert_eq!(listed, [("style.example", key)]);
        assert_eq!(covers.unfinished().all().await?.len(), 0, "it is of another operation");

        let mut answers = styles.unfinished().all().await?;
        let answer = answers.pop().and_then(Given::answer).ok_or("no answer")?;
        assert!(answers.is_empty() && !answer.was_posted() && answer.values["style"].is_string(), "{answer:?}");
        assert_eq!(covers.account().unfinished().await?, [], "it is delivered");
        // A key is one purchase. Without one, a delivered purchase is over.
        assert_eq!(ask(&styles, RAIN, key).await?.was_posted(), key.is_none());
        assert_eq!(service.style.submits(), if key.is_some() { 1 } else { 2 });
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_unknown_answer_is_listed_for_its_operation_and_for_the_account() -> Outcome {
    for key in [Some("order"), None] {
        let service = Service::start().await?;
        let covers = service.client()?;
        let styles = operation(&covers, STYLE)?;
        service.style.answer_submit(sandbox::Answer::raw(502, "<html>bad gateway</html>"));
        for _ in 0..2 {
            ask(&styles, RAIN, key).await.expect_err("it is unknown");
        }
        assert_eq!(service.style.submits(), 1, "it is not sent again");
        let unknown = styles.unknown().await?;
        let listed: Vec<_> = unknown.iter().map(|purchase| (&*purchase.operation, purchase.key.as_deref())).collect();
        assert_eq!(listed, [("style.example", key)]);
        assert_eq!((covers.account().unknown().await?, covers.unknown().await?), (unknown.clone(), vec![]));
        if let Some(key) = key {
            let error = styles.find(key).await.expect_err("it may have been charged");
            assert!(error.is_outcome_unknown() && error.recovery().is_some(), "{error:?}");
        }

        let named = styles.resolve(&unknown[0], Resolution::Task("task-1".to_owned())).await;
        assert!(named.expect_err("it has no tasks").is_setup());
        assert!(styles.resolve(&unknown[0], Resolution::NotCharged).await?.is_none());
        assert!(ask(&styles, RAIN, key).await?.was_posted());
        assert_eq!((service.style.submits(), covers.account().unknown().await?), (2, vec![]));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_get_buys_nothing_beside_the_purchases_of_its_account() -> Outcome {
    let service = Service::start().await?;
    let covers = service.client()?;
    let credits = operation(&covers, CREDIT)?;
    let song = covers.send(&cover(1)).key("order").await?;
    for _ in 0..2 {
        let answer = ask(&credits, r#"{"team":"a b&c"}"#, None).await?;
        assert!(answer.was_posted() && answer.values["left"].is_i64(), "{:?}", answer.json());
    }
    assert_eq!(service.credit.created()[1].request["team"], "a b&c");
    let error = credits.send(&credits.request(r#"{"team":"a"}"#)?).key("order").await.expect_err("it has a key");
    assert!(error.is_setup() && !error.may_have_been_charged(), "{error}");
    // An answer that is lost is asked for again.
    service.credit.answer_submit(sandbox::Answer::raw(502, "<html>bad gateway</html>"));
    ask(&credits, r#"{"team":"a"}"#, None).await?;
    assert_eq!(service.credit.submits(), 4);

    assert!(credits.find("order").await?.is_none());
    assert_eq!((credits.unfinished().all().await?.len(), credits.unknown().await?.len()), (0, 0));
    assert_eq!(covers.account().find("order").await?.len(), 1);
    assert_eq!(covers.account().unfinished().await?.len(), 1, "only the cover");
    assert!(song.wait().await?.is_done());
    assert_eq!(covers.stats().posts, 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_multipart_request_is_sent_followed_and_found_like_any_other() -> Outcome {
    let service = Service::start().await?;
    let covers = service.client()?;
    let voices = operation(&covers, VOICE)?;
    let json = format!(r#"{{"text":"La\r\n--x","tags":["a","b"],"callBackUrl":"{ADDRESS}"}}"#);
    let request = voices.request(&json)?;
    let song = covers.send(&cover(1)).key("order").await?;
    let task = voices.send(&request).key("order").await?.task().ok_or("an answer")?;
    assert!(task.was_posted());
    let sent = &service.voice.created()[0].request;
    assert_eq!((&sent["text"], &sent["tags"]), (&"La\r\n--x".into(), &serde_json::json!(["a", "b"])));
    let again = voices.send(&request).key("order").await?.task().ok_or("an answer")?;
    assert_eq!((again.was_posted(), again.handle()), (false, task.handle()));
    assert_eq!(voices.find("order").await?.and_then(Given::task).map(|task| task.handle()), Some(task.handle()));

    assert_eq!(covers.account().unfinished().await?.len(), 2);
    assert!(task.wait().await?.is_done() && song.wait().await?.is_done());
    assert_eq!(covers.account().unfinished().await?, []);
    for _ in 0..2 {
        assert!(voices.send(&request).await?.task().ok_or("an answer")?.was_posted(), "without a key, it is new");
    }
    assert_eq!((service.voice.tasks(), service.cover.tasks()), (3, 1));

    service.voice.answer_submit(sandbox::Answer::raw(502, "<html>bad gateway</html>"));
    assert!(voices.send(&request).key("lost").await.expect_err("it is unknown").is_outcome_unknown());
    assert_eq!((covers.account().unknown().await?.len(), covers.unknown().await?.len()), (1, 0));
    Ok(())
}
