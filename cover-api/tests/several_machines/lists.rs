//! What one process sent is listed, resolved and found by any other.

use cover_api::runtime::Resolution;
use cover_api::{Client, Task};
use cover_testkit::gate::{ADDRESS, Came, Gate, Reply, SECRET, within};
use cover_testkit::postgres;
use cover_testkit::{Outcome, request, request_with_callback};
use tokio::time::{sleep, timeout};
use tower_service::Service;

use crate::common::{MILLI, PATIENCE, SECOND, builder, connect, database, sandbox, three};

#[tokio::test]
async fn an_unknown_outcome_of_one_process_is_listed_and_resolved_by_others() -> Outcome {
    let Some(url) = database("unknown").await? else { return Ok(()) };
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::lost()).then(Reply::lost());
    let [one, two, three] = three(&gate, &url).await?;
    for key in ["created", "wrong"] {
        assert_eq!(Came::of(&one.send(&request(key)).key(key).await), Came::Unknown);
        assert_eq!(Came::of(&two.send(&request(key)).key(key).await), Came::Unknown, "it may have been charged");
    }
    let listed = three.unknown().await?;
    assert_eq!(listed, two.unknown().await?);
    assert_eq!(listed.iter().filter_map(|unknown| unknown.key.as_deref()).collect::<Vec<_>>(), ["created", "wrong"]);

    // The task of one purchase is not that of another, and each is resolved once.
    let of = |task: &str| Resolution::Task(task.to_owned());
    let task = two.resolve(&listed[0], of("task-1")).await?.ok_or("no task")?;
    assert_eq!(task.id(), "task-1");
    assert!(three.resolve(&listed[1], of("task-1")).await.is_err(), "the task belongs to another purchase");
    assert!(three.resolve(&listed[0], Resolution::NotCharged).await.is_err(), "another process resolved it");
    assert!(three.resolve(&listed[1], Resolution::NotCharged).await?.is_none());

    // Every process sees the same, and nothing else was posted.
    for client in [&one, &two, &three] {
        assert!(client.unknown().await?.is_empty());
        assert_eq!(client.find("created").await?.as_ref().map(Task::id), Some("task-1"));
    }
    assert_eq!(Came::of(&one.send(&request("created")).key("created").await), Came::Existing);
    assert_eq!(Came::of(&two.send(&request("wrong")).key("wrong").await), Came::Posted);
    assert_eq!(Came::of(&three.send(&request("wrong")).key("wrong").await), Came::Existing);
    assert_eq!(gate.posts().len(), 3);
    Ok(())
}

#[tokio::test]
async fn of_two_operators_who_answer_at_once_one_is_refused() -> Outcome {
    let Some(url) = database("operators").await? else { return Ok(()) };
    let sandbox = sandbox().await?;
    let gate = Gate::with_usual(&sandbox, Reply::lost());
    let [one, two, three] = three(&gate, &url).await?;
    for number in 1..=10 {
        let key = number.to_string();
        assert_eq!(Came::of(&one.send(&request(&key)).key(&*key).await), Came::Unknown);
        let unknown = one.unknown().await?.pop().ok_or("it is not listed")?;
        let task = Resolution::Task(format!("task-{number}"));
        let (said, other) = tokio::join!(two.resolve(&unknown, task), three.resolve(&unknown, Resolution::NotCharged));
        assert!(said.is_ok() != other.is_ok(), "{said:?} {other:?}");
        assert_eq!(one.find(&key).await?.is_some(), said.is_ok());
        assert!(one.unknown().await?.is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn a_process_that_may_still_send_is_waited_for_and_its_late_reply_counts() -> Outcome {
    let Some(url) = database("late").await? else { return Ok(()) };
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::Late(4 * SECOND));
    let [one, two, _] = three(&gate, &url).await?;
    let sending = tokio::spawn({
        let one = one.clone();
        async move { one.send(&request("late")).key("late").await }
    });
    within(PATIENCE, "the POST", async {
        while gate.posts().is_empty() {
            sleep(MILLI).await;
        }
    })
    .await;
    assert!(two.unknown().await?.is_empty(), "its process lives");

    // Time travel: one lease has passed without a word, then two.
    let database = postgres::connect(&url).await?;
    let travel = "UPDATE attempts SET started = started - lease";
    database.execute(travel, &[]).await?;
    let listed = two.unknown().await?;
    assert_eq!(listed.len(), 1);
    let refusal = two.resolve(&listed[0], Resolution::NotCharged).await.expect_err("it may still be sent");
    assert!(refusal.to_string().contains("may still send it"), "{refusal}");
    let consent = two.send_may_charge_twice(&request("late")).key("late").await;
    assert!(consent.is_err(), "{consent:?}");
    database.execute(travel, &[]).await?;
    assert!(two.resolve(&listed[0], Resolution::NotCharged).await?.is_none());

    // The operator was wrong. What the reply proves is recorded nevertheless.
    let task = within(PATIENCE, "the reply", sending).await??;
    assert_eq!(two.find("late").await?.as_ref().map(Task::id), Some(task.id()));
    assert_eq!(Came::of(&two.send(&request("late")).key("late").await), Came::Existing);
    assert_eq!(gate.posts().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_second_charge_that_one_process_hears_of_is_listed_by_others() -> Outcome {
    let Some(url) = database("duplicates").await? else { return Ok(()) };
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::lost());
    let mut clients: Vec<Client> = Vec::new();
    for _ in 0..3 {
        clients.push(builder(&gate, connect(&url).await?).callbacks(ADDRESS, SECRET).build()?);
    }
    let request = request_with_callback(ADDRESS, 1);
    assert_eq!(Came::of(&clients[0].send(&request).key("one").await), Came::Unknown);
    let second = clients[1].send_may_charge_twice(&request).key("one").await?;
    assert_eq!((second.id(), second.was_posted()), ("task-2", true));

    // The third process hears of the first task.
    let address = gate.posts()[0]["callBackUrl"].as_str().ok_or("no address")?.to_owned();
    let mut callback = clients[2].callbacks()?.test_factory().valid("task-1", "complete");
    address.strip_prefix(ADDRESS).ok_or("another address")?.clone_into(&mut callback.path);
    let callback: axum::extract::Request = callback.into();
    let Ok(_) = clients[2].callbacks()?.router().call(callback).await;
    for client in &clients {
        let listed = async {
            loop {
                if let Some(duplicate) = client.duplicates().await?.pop() {
                    return Ok::<_, cover_api::Error>(duplicate);
                }
                sleep(10 * MILLI).await;
            }
        };
        let duplicate = timeout(PATIENCE, listed).await??;
        let known = (duplicate.key.as_deref(), duplicate.task.as_deref(), &*duplicate.duplicate);
        assert_eq!(known, (Some("one"), Some("task-2"), "task-1"));
    }
    Ok(())
}

#[tokio::test]
async fn unfinished_tasks_of_a_process_are_listed_and_purged_by_others() -> Outcome {
    let Some(url) = database("unfinished").await? else { return Ok(()) };
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox);
    let [one, two, three] = three(&gate, &url).await?;
    let mut sent = Vec::new();
    for key in ["a", "b", "c"] {
        sent.push(one.send(&request(key)).key(key).await?.id().to_owned());
    }
    let listed = two.unfinished().all().await?;
    assert_eq!(listed.iter().map(Task::id).collect::<Vec<_>>(), sent);
    assert_eq!(three.purge(std::time::Duration::ZERO).await?, 0, "they run");
    for task in listed {
        within(PATIENCE, "the end", task.wait().into_future()).await?;
    }
    within(PATIENCE, "a list without them", async {
        while !three.unfinished().all().await?.is_empty() {
            sleep(MILLI).await;
        }
        Ok::<_, cover_api::Error>(())
    })
    .await?;
    sleep(5 * MILLI).await;
    assert_eq!(three.purge(SECOND * 60).await?, 0, "they are not a minute old");
    assert_eq!(three.purge(std::time::Duration::ZERO).await?, 3);
    assert!(one.find("a").await?.is_none());
    Ok(())
}
