//! A GET buys nothing: it is not recorded, and is sent again if its answer is lost.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use cover_api::ledger::MemoryLedger;
use cover_testkit::gate::{poll_then_drop, within};
use cover_testkit::{Outcome, Result};
use tokio::time::sleep;

use crate::common::{HOUR, SECOND};

mod credit {
    cover_api::api!("tests/specs/credit.toml");
}

use credit::{Client, CreditRequest};

const GOOD: (u16, &str) = (200, r#"{"code":200,"msg":"success","data":17}"#);

/// Answers in turn, and then never. Returns the requests as well.
fn service(answers: &[(u16, &'static str)]) -> (Router, Arc<Mutex<Vec<String>>>) {
    let answers = Arc::new(Mutex::new(VecDeque::from(answers.to_vec())));
    let asked = Arc::<Mutex<Vec<String>>>::default();
    let seen = Arc::clone(&asked);
    let router = Router::new().fallback(move |request: Request| {
        let line = format!("{} {}", request.method(), request.uri().path_and_query().map_or("", |it| it.as_str()));
        seen.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        let answer = answers.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        async move {
            sleep(SECOND).await;
            let Some((status, body)) = answer else {
                sleep(HOUR).await;
                return (StatusCode::OK, "");
            };
            (StatusCode::from_u16(status).unwrap_or_default(), body)
        }
    });
    (router, asked)
}

fn client(router: Router) -> Result<Client> {
    Ok(Client::builder("key").transport(router).ledger(MemoryLedger::with_capacity(0)).build()?)
}

fn request() -> CreditRequest {
    CreditRequest::builder().team("a b").build().expect("it is valid")
}

fn count(asked: &Mutex<Vec<String>>) -> usize {
    asked.lock().unwrap_or_else(PoisonError::into_inner).len()
}

#[tokio::test(start_paused = true)]
async fn a_get_returns_the_results_and_is_not_recorded() -> Outcome {
    let (router, asked) = service(&[GOOD, GOOD]);
    let client = client(router)?;
    // The ledger has no room for an entry.
    for _ in 0..2 {
        let answer = client.send(&request()).await?;
        assert_eq!((answer.left, answer.was_posted()), (Some(17), true));
    }
    let asked = asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert_eq!(asked, ["GET /api/v1/generate/credit?team=a+b"; 2]);
    assert_eq!((client.stats().posts, client.unfinished().all().await?.len()), (0, 0));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_get_is_sent_again_until_there_is_an_answer() -> Outcome {
    let (router, asked) = service(&[(502, "<html>"), (200, r#"{"code":200,"da"#), (200, r#"{"code":405}"#), GOOD]);
    assert_eq!(client(router)?.send(&request()).await?.left, Some(17));
    assert_eq!(count(&asked), 4);
    let (router, asked) =
        service(&[(429, "<html>"), (503, ""), (200, r#"{"code":430}"#), (200, r#"{"code":500}"#), GOOD]);
    let client_of_five = client(router)?;
    assert_eq!(client_of_five.send(&request()).await?.left, Some(17));
    assert_eq!((count(&asked), client_of_five.stats().fetches), (5, 5));
    let (router, asked) = service(&[(502, "<html>"); 9]);
    let error = client(router)?.send(&request()).await.expect_err("no answer is good");
    assert!(!error.may_have_been_charged() && error.to_string().contains("502"), "{error:?}");
    assert_eq!(count(&asked), 5, "as many attempts as a send has");
    Ok(())
}

/// The client has one permit, which a dropped GET must not keep.
#[tokio::test(start_paused = true)]
async fn a_get_dropped_after_any_number_of_polls_hinders_no_other() -> Outcome {
    for polls in 0..100 {
        assert!(polls < 99, "it does not end");
        let (router, _) = service(&[(502, "<html>"), GOOD, GOOD, GOOD]);
        let builder = Client::builder("key").transport(router).rate_limit(1, Duration::ZERO);
        let client = builder.ledger(MemoryLedger::with_capacity(0)).build()?;
        let first = poll_then_drop(client.send(&request()), polls, 0, SECOND / 10).await;
        assert_eq!(within(HOUR, "the next GET", client.send(&request())).await?.left, Some(17), "after {polls} polls");
        let stats = client.stats();
        assert_eq!((stats.permits, stats.queued, stats.posts), (0, 0, 0), "after {polls} polls: {stats:?}");
        if let Some(first) = first {
            assert!(first?.left == Some(17) && polls > 2, "it was dropped while it waited: {polls}");
            return Ok(());
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_get_that_is_refused_is_sent_once() -> Outcome {
    let (router, asked) = service(&[(200, r#"{"code":400,"msg":"no"}"#), GOOD]);
    let error = client(router)?.send(&request()).await.expect_err("it is refused");
    assert!(error.is_refused() && error.is_invalid() && !error.may_have_been_charged(), "{error:?}");
    assert_eq!(count(&asked), 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_get_with_any_other_answer_is_sent_once() -> Outcome {
    for (status, body, said) in [
        (404, "<html>", "the answer (HTTP status 404) is not JSON"),
        (200, "[1]", "the answer (HTTP status 200) is JSON, but not an object"),
        (200, "{}", "has no code"),
        (302, "moved", "redirected the request, which is not followed (HTTP status 302)"),
    ] {
        let (router, asked) = service(&[(status, body), GOOD]);
        let client = client(router)?;
        let error = client.send(&request()).await.expect_err(said);
        assert!(error.to_string().contains(said) && !error.may_have_been_charged(), "{error}");
        assert_eq!((count(&asked), client.stats().fetches, error.is_refused()), (1, 1, status == 302), "{said}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_get_takes_no_key() -> Outcome {
    let (router, asked) = service(&[GOOD]);
    let error = client(router)?.send(&request()).key("order-17").await.expect_err("it has a key");
    assert!(error.is_setup() && error.to_string().contains("a GET is not a purchase"), "{error}");
    assert_eq!(count(&asked), 0);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_get_ends_at_its_timeout_and_at_a_shutdown() -> Outcome {
    let (router, _) = service(&[]);
    let client = client(router)?;
    let error = client.send(&request()).timeout(SECOND).await.expect_err("nothing comes");
    assert!(error.is_timeout() && !error.may_have_been_charged(), "{error:?}");
    client.shutdown(SECOND).await;
    let error = client.send(&request()).await.expect_err("it is shut down");
    assert!(error.is_shut_down(), "{error:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_a_get_without_its_results_is_an_error_that_charged_nothing() -> Outcome {
    for data in ["null", "\"many\"", "[17]", "{}", "1.5"] {
        let body: &'static str = format!(r#"{{"code":200,"data":{data}}}"#).leak();
        let (router, asked) = service(&[(200, body)]);
        let error = client(router)?.send(&request()).await.expect_err(data);
        assert!(error.is_output_missing() && !error.may_have_been_charged(), "{data}: {error:?}");
        assert!(error.to_string().contains("`data`") && error.answer().is_some(), "{error}");
        assert_eq!(count(&asked), 1);
    }
    Ok(())
}
