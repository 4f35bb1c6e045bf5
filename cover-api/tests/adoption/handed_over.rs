//! Processes that end, or that are shut down.

use std::time::Instant;

use cover_api::ledger::{MemoryLedger, SqliteLedger};
use cover_testkit::{Outcome, request};

mod style {
    cover_api::api!("tests/specs/style.toml");
}

use crate::service::{Adopting, SILENCE, Service, connect, database};

#[tokio::test]
async fn a_client_that_is_shut_down_hands_its_tasks_over_at_once() -> Outcome {
    let Some(url) = database("shutdown").await? else { return Ok(()) };
    let service = Service::default();
    let (first, second) =
        (service.client("first", connect(&url).await?)?, service.client("second", connect(&url).await?)?);
    let mut adopting = Adopting::start(&second);
    let task = first.send(&request("1")).key("order-1").await?;
    let wait = tokio::spawn(task.wait().into_future());
    service.polled_by("first", task.id(), Instant::now()).await?;
    tokio::time::sleep(2 * SILENCE).await;
    assert!(service.polls(task.id()).iter().all(|(by, _)| *by == "first"), "a living process keeps its tasks");

    let shut_down = Instant::now();
    first.shutdown(SILENCE).await;
    service.polled_by("second", task.id(), shut_down).await?;
    assert!(shut_down.elapsed() < SILENCE, "the next look finds it: {:?}", shut_down.elapsed());
    let error = wait.await?.expect_err("the wait is over");
    assert!(error.is_adopted_elsewhere() && error.handle().is_some_and(|handle| handle.id() == task.id()), "{error:?}");
    service.finish(task.id());
    assert_eq!(adopting.next().await?, (Some("order-1".to_owned()), true));
    Ok(())
}

#[tokio::test]
async fn a_wait_goes_on_after_a_shutdown_until_another_process_adopts_its_task() -> Outcome {
    let service = Service::default();
    let client = service.client("only", MemoryLedger::new())?;
    let task = client.send(&request("1")).await?;
    client.shutdown(SILENCE).await;
    service.finish(task.id());
    assert_eq!(task.wait().await?.tracks.len(), 1);
    Ok(())
}

#[tokio::test]
async fn another_client_of_the_process_keeps_its_tasks_when_one_is_shut_down() -> Outcome {
    let Some(url) = database("siblings").await? else { return Ok(()) };
    let service = Service::default();
    let ledger = connect(&url).await?;
    let (one, sibling) = (service.client("one", ledger.clone())?, service.client("sibling", ledger)?);
    let task = sibling.send(&request("1")).await?;
    let wait = tokio::spawn(task.wait().into_future());
    service.polled_by("sibling", task.id(), Instant::now()).await?;
    one.shutdown(SILENCE).await;
    service.polled_by("sibling", task.id(), Instant::now() + SILENCE / 6).await?;
    let other = service.client("other", connect(&url).await?)?;
    let adopting = Adopting::start(&other);
    tokio::time::sleep(2 * SILENCE).await;
    service.finish(task.id());
    assert_eq!(wait.await??.tracks.len(), 1);
    assert!(service.polls(task.id()).iter().all(|(by, _)| *by == "sibling"), "{:?}", service.polls(task.id()));
    adopting.stop().await;
    Ok(())
}

#[tokio::test]
async fn an_adoption_that_is_dropped_hands_its_tasks_over() -> Outcome {
    let Some(url) = database("dropped").await? else { return Ok(()) };
    let service = Service::default();
    let first = service.client("first", connect(&url).await?)?;
    let id = first.send(&request("1")).key("order-1").await?.id().to_owned();
    drop(first);
    let (second, third) =
        (service.client("second", connect(&url).await?)?, service.client("third", connect(&url).await?)?);
    let adopting = Adopting::start(&second);
    service.polled_by("second", &id, Instant::now()).await?;
    adopting.stop().await;
    let mut adopting = Adopting::start(&third);
    service.polled_by("third", &id, Instant::now()).await?;
    service.finish(&id);
    assert_eq!(adopting.next().await?, (Some("order-1".to_owned()), true));
    Ok(())
}

#[tokio::test]
async fn a_task_is_handled_again_if_its_handler_did_not_end() -> Outcome {
    let Some(url) = database("handlers").await? else { return Ok(()) };
    let service = Service::default();
    let first = service.client("first", connect(&url).await?)?;
    let id = first.send(&request("1")).key("order-1").await?.id().to_owned();
    drop(first);
    service.finish(&id);
    let (second, third) =
        (service.client("second", connect(&url).await?)?, service.client("third", connect(&url).await?)?);
    let (began, mut has_begun) = tokio::sync::mpsc::unbounded_channel();
    let stuck = tokio::spawn({
        let second = second.clone();
        async move {
            let handler = |_| {
                began.send(()).ok();
                std::future::pending()
            };
            second.adopt(handler).await
        }
    });
    has_begun.recv().await.ok_or("it has ended")?;
    stuck.abort();
    let mut adopting = Adopting::start(&third);
    assert_eq!(adopting.next().await?, (Some("order-1".to_owned()), true));
    let finished = Instant::now();
    while third.unfinished().next().await?.is_some() {
        assert!(finished.elapsed() < crate::service::PATIENCE, "the end is recorded");
        tokio::task::yield_now().await;
    }
    Ok(())
}

#[tokio::test]
async fn tasks_of_a_process_that_has_closed_its_file_are_adopted() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("ledger.db");
    let service = Service::default();
    let first = service.client("first", SqliteLedger::open(&path).await?)?;
    let id = first.send(&request("1")).key("order-1").await?.id().to_owned();
    let second = service.client("second", SqliteLedger::open(&path).await?)?;
    drop(first);
    service.finish(&id);
    assert_eq!(Adopting::start(&second).next().await?, (Some("order-1".to_owned()), true));
    Ok(())
}

#[tokio::test]
async fn an_operation_that_answers_at_once_has_no_tasks_to_adopt() -> Outcome {
    let adopted = style::Client::new("key")?.adopt(|_| std::future::ready(())).await;
    assert!(adopted.expect_err("it ends at once").is_setup());
    Ok(())
}
