//! One operation id with two specs: one with tasks, and one that answers at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Bytes;
use cover_api::ledger::MemoryLedger;
use cover_api::runtime::{AnyService, Became, Client, Given, Spec};
use cover_testkit::{Outcome, Result};

const DIRECT: &str = include_str!("../specs/style.toml");

/// Returns clients of both specs with one ledger, and the number of POSTs. The service gives a result and a task.
fn clients() -> Result<([Client<AnyService>; 2], Arc<AtomicUsize>)> {
    let polled = DIRECT.replacen(r#""poll", "statuses", "callback""#, r#""callback""#, 1);
    let polled = polled.replacen("[submit]", "[submit]\ntask = \"data.taskId\"", 1);
    let posts = Arc::new(AtomicUsize::new(0));
    let router = Router::new().fallback({
        let posts = Arc::clone(&posts);
        move |_body: Bytes| {
            posts.fetch_add(1, Ordering::SeqCst);
            async { r#"{"code":200,"data":{"result":"dark jazz","taskId":"5c79"}}"# }
        }
    });
    let direct = Client::<AnyService>::of_spec(&Spec::parse("spec.toml", DIRECT)?, "my-secret-key");
    let direct = direct.transport(router).ledger(MemoryLedger::new()).build()?;
    let polled = direct.account().operation_from_spec(&Spec::parse("spec.toml", &polled)?)?;
    Ok(([direct, polled], posts))
}

#[tokio::test]
async fn a_task_is_refused_by_a_client_whose_spec_answers_at_once() -> Outcome {
    let ([direct, polled], posts) = clients()?;
    let json = r#"{"content":"rain"}"#;
    let task = polled.send(&polled.request(json)?).key("order").await?.task().ok_or("an answer")?;
    for error in [
        direct.send(&direct.request(json)?).key("order").await.expect_err("it is a task"),
        direct.find("order").await.expect_err("it is a task"),
    ] {
        assert!(error.is_setup() && error.may_have_been_charged() && !error.is_answer_lost(), "{error:?}");
        assert_eq!(error.handle(), Some(&task.handle()));
        assert!(error.to_string().contains("this purchase is a task"), "{error}");
    }
    assert_eq!(direct.unfinished().all().await?.len(), 0);
    assert_eq!(polled.unfinished().all().await?.len(), 1);
    assert_eq!((posts.load(Ordering::SeqCst), direct.account().find("order").await?[0].became), (1, Became::Task));
    Ok(())
}

#[tokio::test]
async fn an_answer_is_refused_by_a_client_whose_spec_has_tasks() -> Outcome {
    let ([direct, polled], posts) = clients()?;
    let json = r#"{"content":"rain"}"#;
    direct.send(&direct.request(json)?).key("order").await?;
    for error in [
        polled.send(&polled.request(json)?).key("order").await.expect_err("it is an answer"),
        polled.find("order").await.expect_err("it is an answer"),
    ] {
        assert!(error.is_setup() && error.may_have_been_charged() && error.handle().is_none(), "{error:?}");
        assert!(error.to_string().contains("was answered at once"), "{error}");
    }
    let found = direct.find("order").await?.and_then(Given::answer).ok_or("a task")?;
    assert_eq!((found.values["style"].as_str(), posts.load(Ordering::SeqCst)), (Some("dark jazz"), 1));
    Ok(())
}

#[tokio::test]
async fn an_answer_has_no_task_that_could_be_waited_for() -> Outcome {
    let ([direct, _], posts) = clients()?;
    direct.send(&direct.request(r#"{"content":"rain"}"#)?).key("order").await?;
    let listed = direct.account().find("order").await?.pop().ok_or("not found")?;
    assert_eq!(listed.became, Became::Answer);
    let task = direct.resume(listed.handle);
    let hour = std::time::Duration::from_secs(3_600);
    for error in [task.wait().await.expect_err("no task"), task.wait().timeout(hour).await.expect_err("no task")] {
        assert!(error.is_setup() && !error.is_timeout() && error.to_string().contains("answers at once"), "{error:?}");
    }
    assert_eq!(posts.load(Ordering::SeqCst), 1, "nothing is polled");
    Ok(())
}

#[tokio::test]
async fn credits_of_a_spec_without_credits_are_a_setup_error() -> Outcome {
    let spec = DIRECT.replacen(r#""poll", "#, r#""credits", "poll", "#, 1);
    let router = Router::new().fallback(|| async { "{}" });
    let client = Client::<AnyService>::of_spec(&Spec::parse("spec.toml", &spec)?, "my-secret-key");
    let error = client.transport(router).build()?.credits().await.expect_err("the spec does not say how");
    assert!(error.is_setup() && error.to_string().contains("no `[credits]`"), "{error}");
    Ok(())
}
