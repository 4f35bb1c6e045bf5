//! Operations that answer at once: the answer is charged once, and kept until a caller has it.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use cover_api::ledger::{Ledger, MemoryLedger, Resolution, SqliteLedger};
use cover_api::sandbox::Sandbox;
use cover_testkit::gate::{Slow, poll_then_drop};
use cover_testkit::{Outcome, Result};
use tokio::time::sleep;

use crate::common::{SECOND, in_memory_folder};

pub mod style {
    cover_api::api!("tests/specs/style.toml");
}

/// The spec of the operation.
pub const SPEC: &str = include_str!("../specs/style.toml");

use style::{Client, StyleRequest};

pub const GOOD: &str = r#"{"code":200,"msg":"success","data":{"result":"dark jazz"}}"#;

/// A service that counts POSTs and answers all of them alike.
#[derive(Clone, Default)]
pub struct Service {
    posts: Arc<AtomicUsize>,
    reply: Arc<Mutex<(u16, String)>>,
    takes: Duration,
}

impl Service {
    pub fn new(reply: impl Into<String>) -> Self {
        let service = Self::default();
        service.answer(200, reply);
        service
    }

    /// Each answer takes this long.
    pub fn taking(self, takes: Duration) -> Self {
        Self { takes, ..self }
    }

    pub fn answer(&self, status: u16, reply: impl Into<String>) {
        *self.reply.lock().unwrap_or_else(PoisonError::into_inner) = (status, reply.into());
    }

    pub fn posts(&self) -> usize {
        self.posts.load(Ordering::SeqCst)
    }

    fn router(&self) -> Router {
        let service = self.clone();
        Router::new().fallback(move |_body: Bytes| {
            let service = service.clone();
            async move {
                service.posts.fetch_add(1, Ordering::SeqCst);
                sleep(service.takes).await;
                let (status, body) = service.reply.lock().unwrap_or_else(PoisonError::into_inner).clone();
                (StatusCode::from_u16(status).unwrap_or_default(), body)
            }
        })
    }

    pub fn client(&self, ledger: impl Ledger) -> Result<Client> {
        Ok(Client::builder("key").transport(self.router()).rate_limit(1_000, Duration::ZERO).ledger(ledger).build()?)
    }

    pub async fn on_file(&self, path: &Path) -> Result<Client> {
        self.client(SqliteLedger::open(path).await?)
    }
}

pub fn request() -> StyleRequest {
    StyleRequest::builder().content("rain").build().expect("it is valid")
}

#[tokio::test]
async fn a_send_returns_the_results() -> Outcome {
    let service = Service::new(GOOD);
    let client = service.client(MemoryLedger::new())?;
    let answer = client.send(&request()).key("order-17").await?;
    assert_eq!((answer.style.as_deref(), answer.was_posted()), (Some("dark jazz"), true));
    assert_eq!(answer.json()["data"]["result"], "dark jazz");
    assert_eq!(serde_json::to_value(&answer)?, serde_json::json!({ "style": "dark jazz" }));
    Ok(())
}

#[tokio::test]
async fn the_sandbox_answers_at_once() -> Outcome {
    let sandbox = Sandbox::builder().spec(SPEC).start().await?;
    let client = Client::builder(sandbox.key()).transport(sandbox.router()).build()?;
    let answer = client.send(&request()).await?;
    assert!(answer.style.is_some() && sandbox.submits() == 1, "{answer:?}");
    Ok(())
}

#[tokio::test]
async fn a_key_returns_the_answer_that_was_paid_for_also_to_another_process() -> Outcome {
    let (service, directory) = (Service::new(GOOD), in_memory_folder()?);
    let path = directory.path().join("ledger");
    let (one, two) = (service.on_file(&path).await?, service.on_file(&path).await?);
    assert!(one.send(&request()).key("order-17").await?.was_posted());
    service.answer(500, "gone");
    for client in [&one, &two, &service.on_file(&path).await?] {
        let answer = client.send(&request()).key("order-17").await?;
        assert_eq!((answer.style.as_deref(), answer.was_posted()), (Some("dark jazz"), false));
        let found = client.find("order-17").await?.ok_or("not found")?;
        assert_eq!(found.style.as_deref(), Some("dark jazz"));
    }
    assert_eq!((service.posts(), two.unfinished().all().await?.len()), (1, 0));
    // A purge ends what the key stands for.
    assert_eq!(one.purge(Duration::ZERO).await?, 1);
    assert!(two.find("order-17").await?.is_none());
    Ok(())
}

#[tokio::test]
async fn without_a_key_an_equal_send_after_delivery_is_a_new_purchase() -> Outcome {
    let service = Service::new(GOOD);
    let client = service.client(MemoryLedger::new())?;
    assert!(client.send(&request()).await?.was_posted());
    assert!(client.send(&request()).await?.was_posted());
    assert_eq!((service.posts(), client.stats().answers), (2, 2));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_send_dropped_after_any_number_of_polls_is_paid_once() -> Outcome {
    for key in [Some("order-17"), None] {
        let mut seen = [0; 2];
        for polls in 0..500 {
            assert!(polls < 499, "it does not end");
            let service = Service { takes: SECOND, ..Service::new(GOOD) };
            let client = service.client(Slow(MemoryLedger::new()))?;
            let send = || {
                let sending = client.send(&request());
                if let Some(key) = key { sending.key(key) } else { sending }
            };
            if poll_then_drop(send(), polls, 60, Duration::from_secs(5)).await.is_some() {
                break;
            }
            let answer = send().await?;
            assert_eq!((answer.style.as_deref(), service.posts()), (Some("dark jazz"), 1), "{polls}");
            seen[usize::from(answer.was_posted())] += 1;
        }
        assert!(seen.iter().all(|count| *count > 0), "the drops reached every step: {seen:?}");
    }
    Ok(())
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_an_error_and_not_paid_again() -> Outcome {
    for key in [Some("order-17"), None] {
        for data in [
            "null",
            "{}",
            "[]",
            "7",
            r#""dark jazz""#,
            r#"{"result":null}"#,
            r#"{"result":""}"#,
            r#"{"result":[]}"#,
            r#"{"result":{}}"#,
            r#"{"results":"dark jazz"}"#,
        ] {
            let service = Service::new(format!(r#"{{"code":200,"msg":"success","data":{data}}}"#));
            let client = service.client(MemoryLedger::new())?;
            for _ in 0..3 {
                let sending = client.send(&request());
                let sending = if let Some(key) = key { sending.key(key) } else { sending };
                let error = sending.await.expect_err(data);
                assert!(error.is_output_missing() && error.may_have_been_charged(), "{data}: {error:?}");
                assert!(error.to_string().contains("`data.result`"), "{data}: {error}");
                assert_eq!(error.answer().map(|answer| answer["data"].to_string()).as_deref(), Some(data));
                assert_eq!((service.posts(), error.resend_after()), (1, None), "{data}");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_answer_that_is_not_whole_leaves_the_outcome_unknown() -> Outcome {
    for (status, reply) in [(200, &GOOD[..40]), (200, "<html>"), (502, "<html>"), (200, ""), (200, r#"{"code":500}"#)] {
        let service = Service::new(reply);
        service.answer(status, reply);
        let client = service.client(MemoryLedger::new())?;
        for _ in 0..2 {
            let error = client.send(&request()).key("order-17").await.expect_err(reply);
            assert!(error.is_outcome_unknown() && error.may_have_been_charged(), "{reply}: {error:?}");
        }
        assert_eq!(service.posts(), 1, "{reply}");
        let unknown = client.unknown().await?.pop().ok_or("it is not listed")?;
        // There is no task that could be named.
        let error = client.resolve(&unknown, Resolution::Task("task-1".to_owned())).await.expect_err(reply);
        assert!(error.is_setup() && error.to_string().contains("answers at once"), "{error}");
        assert!(client.resolve(&unknown, Resolution::NotCharged).await?.is_none());
        service.answer(200, GOOD);
        assert!(client.send(&request()).key("order-17").await?.was_posted());
    }
    Ok(())
}

#[tokio::test]
async fn an_answer_above_the_limit_is_returned_once() -> Outcome {
    let large = format!(r#"{{"code":200,"data":{{"result":"{}"}}}}"#, "x".repeat(256 * 1024));
    let service = Service::new(large);
    let client = service.client(MemoryLedger::new())?;
    let answer = client.send(&request()).key("order-17").await?;
    assert_eq!(answer.style.as_deref().map(str::len), Some(256 * 1024));
    let error = client.send(&request()).key("order-17").await.expect_err("it is not kept");
    assert!(error.is_answer_lost() && error.may_have_been_charged() && service.posts() == 1, "{error:?}");
    assert!(error.to_string().contains("256 KiB"), "{error}");
    Ok(())
}

#[tokio::test]
async fn undelivered_answers_are_unfinished() -> Outcome {
    let service = Service::new(r#"{"code":200,"data":{"result":""}}"#);
    let client = service.client(MemoryLedger::new())?;
    client.send(&request()).key("order-17").await.expect_err("it cannot be read");
    // What cannot be read is left out, and stays.
    assert_eq!(client.unfinished().all().await?.len(), 0);
    assert!(client.find("order-17").await.expect_err("it cannot be read").is_output_missing());
    assert_eq!(client.purge(Duration::ZERO).await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_batch_has_the_answers() -> Outcome {
    let service = Service::new(GOOD);
    let client = service.client(MemoryLedger::new())?;
    for existing in [0, 3] {
        let mut batch = client.send_all((0..3).map(|row| (format!("row-{row}"), request()))).and_wait();
        while let Some(event) = batch.next().await {
            assert!(matches!(event, cover_api::runtime::BatchEvent::Answered { .. }), "{event:?}");
        }
        let report = batch.report();
        assert_eq!((report.requests, report.sent, report.existing), (3, 3 - existing, existing), "{report}");
    }
    assert_eq!(service.posts(), 3);
    Ok(())
}
