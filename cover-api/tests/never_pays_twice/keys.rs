//! A key stands for one purchase, in every process and after every restart.

use axum::Router;
use axum::extract::Request;
use cover_api::{Client, TaskHandle};
use cover_testkit::gate::{Came, Gate, Reply, within};
use cover_testkit::{Outcome, request};
use tokio::time::sleep;

use crate::common::{
    HOUR, PATIENCE, SECOND, builder, came, in_memory_folder, limited_sandbox, on_file, sandbox, signed,
};

#[tokio::test]
async fn a_batch_run_again_with_the_same_keys_posts_nothing() -> Outcome {
    let (sandbox, directory) = (sandbox().await?, in_memory_folder()?);
    let gate = Gate::new(&sandbox);
    // The outcome of three rows is unknown.
    (0..3).for_each(|_| gate.announce(Reply::lost()));
    for run in 0..3 {
        let client = on_file(&gate, &directory.path().join("ledger")).await?;
        let mut batch = client.send_all((0..50).map(|row| (format!("row-{row}"), request(&row.to_string()))));
        while within(PATIENCE, "the next event", batch.next()).await.is_some() {}
        let report = batch.report();
        let expected = if run == 0 { (50, 47, 0, 3) } else { (50, 0, 47, 3) };
        assert_eq!((report.requests, report.sent, report.existing, report.unknown), expected, "run {run}: {report}");
        assert_eq!((sandbox.tasks(), gate.posts().len(), client.unknown().await?.len()), (50, 50, 3));
    }
    Ok(())
}

#[tokio::test]
async fn the_same_key_after_a_restart_returns_the_same_task() -> Outcome {
    let (sandbox, directory) = (sandbox().await?, in_memory_folder()?);
    let (gate, path) = (Gate::new(&sandbox), directory.path().join("ledger"));
    let first = on_file(&gate, &path).await?.send(&signed("x", "monday")?).key("order-17").await?.id().to_owned();
    let client = on_file(&gate, &path).await?;
    let task = client.send(&signed("x", "tuesday")?).key("order-17").await?;
    assert_eq!((task.id(), task.was_posted(), gate.posts().len()), (&*first, false, 1));
    assert_eq!(client.find("order-17").await?.map(|task| task.id().to_owned()), Some(first));
    assert!(client.find("order-18").await?.is_none());
    Ok(())
}

#[tokio::test]
async fn an_identity_stands_for_a_file_whose_address_differs_on_every_machine() -> Outcome {
    let (sandbox, directory) = (sandbox().await?, in_memory_folder()?);
    let (gate, path) = (Gate::new(&sandbox), directory.path().join("ledger"));
    let [one, two] = [on_file(&gate, &path).await?, on_file(&gate, &path).await?];
    let (first, second) = (request("uploaded here"), request("uploaded there"));
    assert!(two.send(&second).key("order-17").identity("song").find().await?.is_none());
    let bought = one.send(&first).key("order-17").identity("song").await?.id().to_owned();
    let again = two.send(&second).key("order-17").identity("song").await?;
    assert_eq!((again.id(), again.was_posted()), (&*bought, false));
    let found = two.send(&second).key("order-17").identity("song").find().await?;
    assert_eq!(found.map(|task| task.id().to_owned()), Some(bought));
    for other in [
        two.send(&second).key("order-17").identity("other").await.map(drop),
        two.send(&second).key("order-17").identity("other").find().await.map(drop),
    ] {
        assert!(other.expect_err("it is another song").is_key_conflict());
    }
    assert_eq!((gate.posts().len(), sandbox.tasks()), (1, 1));
    Ok(())
}

#[tokio::test]
async fn a_purchase_without_an_identity_is_not_compared_and_not_paid_again() -> Outcome {
    let (sandbox, directory) = (sandbox().await?, in_memory_folder()?);
    let (gate, path) = (Gate::new(&sandbox), directory.path().join("ledger"));
    let client = on_file(&gate, &path).await?;
    let earlier = client.send(&request("x")).key("order-17").await?.id().to_owned();
    let later = client.send(&request("y")).key("order-17").identity("y").await?;
    assert_eq!((later.id(), later.was_posted()), (&*earlier, false));
    assert!(client.send(&request("y")).key("order-17").find().await.expect_err("another request").is_key_conflict());
    let identified = client.send(&request("z")).key("order-18").identity("z").await?.id().to_owned();
    assert_eq!(client.send(&request("other")).key("order-18").await?.id(), identified);
    assert_eq!((gate.posts().len(), sandbox.tasks()), (2, 2));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_key_has_1_to_255_bytes_and_no_control_characters() -> Outcome {
    let sandbox = limited_sandbox().await?;
    let client = Client::builder(sandbox.key()).transport(sandbox.router()).build()?;
    for bad in
        [String::new(), "x".repeat(256), "ü".repeat(128), "a\nb".to_owned(), "\0".to_owned(), "\u{7f}".to_owned()]
    {
        let error = client.send(&request("x")).key(bad.clone()).await.expect_err("a bad key");
        assert!(error.is_setup() && !error.may_have_been_charged(), "{bad:?}: {error:?}");
    }
    assert_eq!((sandbox.submits(), client.stats().posts), (0, 0));
    for good in ["x".repeat(255), " ".to_owned(), "Auftrag 17 ü".to_owned()] {
        assert!(client.send(&request("x")).key(good).await?.was_posted());
    }
    assert_eq!(sandbox.tasks(), 3);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_key_stands_for_one_request() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::Refused);
    let client = builder(&gate).build()?;
    // A refused request may be corrected.
    assert_eq!(came(client.send(&request("wrong")).key("one")).await, Came::Refused);
    let task = client.send(&request("right")).key("one").await?;
    let conflict = client.send(&request("other")).key("one").await.expect_err("another request");
    assert!(conflict.is_key_conflict(), "{conflict:?}");
    assert_eq!(conflict.handle().map(TaskHandle::id), Some(task.id()));
    assert_eq!(client.send(&request("right")).key("one").await?.id(), task.id());
    assert_eq!((gate.posts().len(), sandbox.tasks()), (2, 1));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn after_failure_posts_a_key_again_once_its_task_has_failed() -> Outcome {
    let sandbox = sandbox().await?;
    sandbox.script_statuses(["PENDING", "GENERATE_AUDIO_FAILED"]);
    let gate = Gate::new(&sandbox);
    let client = builder(&gate).build()?;
    let failed = client.send(&request("x")).key("one").await?;
    // While the task runs, nothing is posted again.
    assert_eq!(client.send(&request("x")).key("one").after_failure().await?.id(), "task-1");
    assert!(failed.wait().await.expect_err("scripted").is_failed());
    assert_eq!(client.send(&request("x")).key("one").await?.id(), "task-1");
    let again = client.send(&request("corrected")).key("one").after_failure().await?;
    assert_eq!((again.id(), again.was_posted()), ("task-2", true));
    assert_eq!(client.find("one").await?.map(|task| task.id().to_owned()), Some("task-2".to_owned()));
    assert_eq!(client.send(&request("corrected")).key("one").after_failure().await?.id(), "task-2");
    assert_eq!(gate.posts().len(), 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_errors_of_a_key_whose_task_has_failed_say_how_to_post_it_again() -> Outcome {
    const ADVICE: &str = "to post again under this key, send with `.after_failure()`";
    let sandbox = sandbox().await?;
    sandbox.script_statuses(["PENDING", "GENERATE_AUDIO_FAILED"]);
    let client = builder(&Gate::new(&sandbox)).build()?;
    let posted = client.send(&request("x")).key("one").await?;
    let found = client.find("one").await?.ok_or("it was posted")?;
    for task in [posted, found] {
        let error = task.wait().await.expect_err("scripted");
        assert!(error.is_failed() && error.to_string().contains(ADVICE), "{error}");
    }
    let conflict = client.send(&request("other")).key("one").await.expect_err("another request");
    let said = conflict.to_string();
    assert!(
        conflict.is_key_conflict() && said.contains(&format!("whose task failed: {ADVICE} [task task-1]")),
        "{said}"
    );
    // Without a key, there is nothing to post again.
    sandbox.script_statuses(["PENDING", "GENERATE_AUDIO_FAILED"]);
    let said = client.send(&request("y")).await?.wait().await.expect_err("scripted").to_string();
    assert!(!said.contains(ADVICE), "{said}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_batch_counts_a_key_conflict_as_not_sent_whatever_became_of_the_other_request() -> Outcome {
    for (first, totals) in [(Reply::Late(SECOND), (1, 1, 0, 1)), (Reply::lost(), (0, 0, 2, 1))] {
        let sandbox = sandbox().await?;
        let client = builder(&Gate::new(&sandbox).then(first.clone())).build()?;
        let mut batch = client.send_all([("b1", request("x")), ("b1", request("x")), ("b1", request("another"))]);
        while batch.next().await.is_some() {}
        let report = batch.report();
        assert_eq!((report.sent, report.existing, report.unknown, report.not_sent), totals, "{first:?}: {report}");
        assert_eq!((report.requests, report.in_progress), (3, 0), "{first:?}: {report}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_refused_repetition_leaves_the_failed_task() -> Outcome {
    let sandbox = sandbox().await?;
    sandbox.script_statuses(["PENDING", "GENERATE_AUDIO_FAILED"]);
    let gate = Gate::new(&sandbox).then(Reply::Good).then(Reply::Refused);
    let client = builder(&gate).build()?;
    let failed = client.send(&request("x")).key("one").await?;
    assert!(failed.wait().await.is_err_and(|error| error.is_failed()));
    assert_eq!(Came::of(&client.send(&request("x")).key("one").after_failure().await), Came::Refused);
    let found = client.find("one").await?.map(|task| task.id().to_owned());
    let plain = client.send(&request("x")).key("one").await?;
    assert_eq!((found.as_deref(), plain.was_posted()), (Some("task-1"), false));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_failure_seen_by_a_single_poll_is_recorded() -> Outcome {
    let sandbox = sandbox().await?;
    sandbox.script_statuses(["PENDING", "GENERATE_AUDIO_FAILED"]);
    let gate = Gate::new(&sandbox);
    let client = builder(&gate).build()?;
    let task = client.send(&request("x")).key("one").await?;
    let mut last = None;
    for _ in 0..100 {
        sleep(10 * SECOND).await;
        let snapshot = task.poll().await?;
        let over = snapshot.is_failed() || snapshot.is_done();
        last = Some(snapshot);
        if over {
            break;
        }
    }
    assert!(last.is_some_and(|last| last.is_failed()));
    let again = client.send(&request("x")).key("one").after_failure().await?;
    assert_eq!((again.id(), again.was_posted()), ("task-2", true));
    Ok(())
}

/// The id becomes a part of an address.
#[tokio::test(start_paused = true)]
async fn a_task_id_of_any_characters_does_no_harm() -> Outcome {
    let many = "x".repeat(100_000);
    for id in ["..", "../../x", "a/b?c#d", r"\u0000", r"\n", "ä ö", " ", "%2e%2e", "{task}", &*many] {
        let task = id.to_owned();
        let router = Router::new().fallback(move |request: Request| {
            let task = task.clone();
            async move {
                let _ = axum::body::to_bytes(request.into_body(), 1 << 20).await;
                format!(r#"{{"code":200,"msg":"success","data":{{"taskId":"{task}","status":"PENDING"}}}}"#)
            }
        });
        let client: Client = Client::builder("key").transport(router).build()?;
        // An id that is too long or has control characters is refused.
        if let Ok(task) = client.send(&request("x")).key("one").await {
            sleep(HOUR).await;
            drop(task.poll().await);
            let again = client.send(&request("x")).key("one").await;
            assert!(again.is_ok_and(|again| !again.was_posted()), "{id:.10}");
        }
    }
    Ok(())
}
