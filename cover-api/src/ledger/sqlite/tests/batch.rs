use super::*;

#[tokio::test]
async fn a_failed_job_is_rolled_back_alone_and_gets_its_own_error() {
    let (_directory, path) = place();
    let ledger = open(&path).await;
    let paused = pause(&ledger);
    let before = insert(&ledger, "before");
    let purchase = purchase(Some("half"), 0);
    let fails = ledger.transact(Box::new(move |rows| {
        let entry = ready(rows, purchase.clone());
        rows.insert_entry(&entry)?;
        Err(LedgerError::refused("the test says so"))
    }));
    let after = insert(&ledger, "after");
    drop(paused);
    before.await.unwrap();
    after.await.unwrap();
    assert!(fails.await.unwrap_err().is_refused());
    assert!(has(&ledger, "before").await && !has(&ledger, "half").await && has(&ledger, "after").await);
}

#[tokio::test]
async fn a_panicking_job_is_rolled_back_alone() {
    let (_directory, path) = place();
    let ledger = open(&path).await;
    let paused = pause(&ledger);
    let before = insert(&ledger, "before");
    let purchase = purchase(Some("half"), 0);
    let panics = ledger.transact(Box::new(move |rows| {
        let entry = ready(rows, purchase.clone());
        rows.insert_entry(&entry)?;
        panic!("on purpose")
    }));
    drop(paused);
    before.await.unwrap();
    let error = panics.await.unwrap_err().to_string();
    assert!(error.contains("panicked: on purpose") && error.contains("covers.db"), "{error}");
    assert!(has(&ledger, "before").await && !has(&ledger, "half").await);
}

#[tokio::test]
async fn queued_work_runs_even_if_its_future_is_dropped() {
    let (_directory, path) = place();
    let ledger = open(&path).await;
    drop(insert(&ledger, "dropped"));
    assert!(has(&ledger, "dropped").await);
}

#[tokio::test]
async fn work_is_run_in_the_order_of_the_calls() {
    let (_directory, path) = place();
    let ledger = open(&path).await;
    let (done, order) = mpsc::channel();
    for number in 0..1_000 {
        let done = done.clone();
        drop(ledger.transact(Box::new(move |_| {
            done.send(number).unwrap();
            Ok(())
        })));
    }
    drop((ledger, done));
    assert!(order.iter().eq(0..1_000));
}

#[tokio::test]
async fn dropping_the_last_clone_waits_for_queued_work() {
    let (_directory, path) = place();
    let ledger = open(&path).await;
    let paused = pause(&ledger);
    let queued = insert(&ledger, "queued");
    drop(queued);
    let resume = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(50));
        drop(paused);
    });
    drop(ledger);
    assert!(has(&open(&path).await, "queued").await);
    resume.join().unwrap();
}

#[tokio::test]
async fn the_last_clone_may_be_dropped_by_work() {
    let (_directory, path) = place();
    let ledger = open(&path).await;
    let paused = pause(&ledger);
    let mut clone = Some(ledger.clone());
    let dropped = ledger.transact(Box::new(move |_| {
        drop(clone.take());
        Ok(())
    }));
    let queued = insert(&ledger, "queued");
    drop(ledger);
    drop(paused);
    dropped.await.unwrap();
    queued.await.unwrap();
    assert!(has(&open(&path).await, "queued").await);
}

#[tokio::test]
async fn a_failed_commit_keeps_nothing_and_fails_all_jobs() {
    let (_directory, path) = place();
    let ledger = open(&path).await;
    // A key that is checked only by the commit.
    sql(
        &path,
        "CREATE TABLE late (entry BIGINT REFERENCES entries (id) DEFERRABLE INITIALLY DEFERRED);
         CREATE TRIGGER late AFTER INSERT ON entries WHEN new.key = 'late' BEGIN INSERT INTO late VALUES (-1); END",
    );
    let paused = pause(&ledger);
    let all = ["before", "late", "after"].map(|key| insert(&ledger, key));
    drop(paused);
    for one in all {
        let error = one.await.unwrap_err();
        assert!(error.to_string().contains("covers.db"), "{error}");
    }
    insert(&ledger, "later").await.unwrap();
    assert!(!has(&ledger, "before").await && !has(&ledger, "after").await && has(&ledger, "later").await);
}

#[tokio::test]
async fn jobs_continue_after_sqlite_rolled_back_by_itself() {
    let (_directory, path) = place();
    let ledger = open(&path).await;
    sql(
        &path,
        "CREATE TRIGGER lost AFTER INSERT ON entries WHEN new.key = 'lost' BEGIN SELECT RAISE(ROLLBACK, 'lost'); END",
    );
    let paused = pause(&ledger);
    let [before, lost, after] = ["before", "lost", "after"].map(|key| insert(&ledger, key));
    drop(paused);
    before.await.unwrap_err();
    lost.await.unwrap_err();
    after.await.unwrap();
    assert!(!has(&ledger, "before").await && !has(&ledger, "lost").await && has(&ledger, "after").await);
    // From now on nobody suffers from others.
    let paused = pause(&ledger);
    let [before, lost, after] = ["before", "lost", "another"].map(|key| insert(&ledger, key));
    drop(paused);
    before.await.unwrap();
    lost.await.unwrap_err();
    after.await.unwrap();
}

#[tokio::test]
async fn work_without_changes_is_not_written() {
    let (_directory, path) = place();
    let ledger = open(&path).await;
    insert(&ledger, "something").await.unwrap();
    let wal = path.with_file_name("covers.db-wal");
    let before = std::fs::read(&wal).unwrap();
    assert!(has(&ledger, "something").await);
    let undone = ledger.transact(Box::new(|rows| {
        let entry = ready(rows, purchase(Some("undone"), 0));
        rows.insert_entry(&entry)?;
        Err(LedgerError::refused("the test says so"))
    }));
    undone.await.unwrap_err();
    assert_eq!(std::fs::read(&wal).unwrap(), before);
    insert(&ledger, "something else").await.unwrap();
    assert_ne!(std::fs::read(&wal).unwrap(), before);
}
