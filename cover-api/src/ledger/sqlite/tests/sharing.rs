use std::time::SystemTime;

use super::*;
use crate::ledger::{EntryState, Filter};

#[tokio::test]
async fn two_ledgers_on_one_file_see_each_other() {
    let (_directory, path) = place();
    let (one, two) = (open(&path).await, open(&path).await);
    let buys = purchase(Some("order-17"), 1);
    let (id, attempt) = intend_live(&one, &buys).await;
    let PurchaseState::Posting { entry, here } = stands(&two, &buys).await else { panic!() };
    assert_eq!((entry.id, here), (id, false));
    assert!(matches!(stands(&one, &buys).await, PurchaseState::Posting { here: true, .. }));
    // A settlement may come from any process.
    settle_task(&two, attempt, "task-1").await;
    let PurchaseState::Task(entry) = stands(&one, &buys).await else { panic!() };
    assert_eq!(entry.task.as_deref(), Some("task-1"));
}

#[tokio::test]
async fn only_one_of_two_may_post() {
    let (_directory, path) = place();
    let ledgers = [open(&path).await, open(&path).await];
    for request in 0..50 {
        let intents = ledgers.each_ref().map(|ledger| {
            let (purchase, id) = (purchase(None, request), AttemptId::new());
            ledger.local().begin(id, None);
            run(ledger, move |rows| intend(rows, &purchase, None, Terms::default(), &Charge::default(), id, LEASE))
        });
        let [one, two] = intents;
        let (one, two) = tokio::join!(one, two);
        let recorded = [one.unwrap(), two.unwrap()].map(|one| matches!(one, Intended::Recorded { .. }));
        assert_eq!(recorded.iter().filter(|is| **is).count(), 1, "{request}");
    }
}

#[tokio::test]
async fn attempts_of_a_dead_holder_become_unknown() {
    let (_directory, path) = place();
    let one = open(&path).await;
    let buys = purchase(None, 1);
    let (id, attempt) = intend_live(&one, &buys).await;
    let before = entry(&one, id).await;
    let two = open(&path).await;
    assert!(matches!(stands(&two, &buys).await, PurchaseState::Posting { here: false, .. }));
    assert_eq!(entry(&two, id).await, before);
    let list = |rows: &mut dyn Rows| unknown(rows, ACCOUNT, OPERATION, EntryId(0), 10);
    assert_eq!(run(&two, list).await.unwrap().entries, []);
    drop(one);
    let PurchaseState::Unknown(entry, of) = stands(&two, &buys).await else { panic!() };
    assert_eq!((entry.id, entry.state, of.id), (id, EntryState::Unknown, attempt));
    assert_eq!(run(&two, list).await.unwrap().entries.len(), 1);
}

#[tokio::test]
async fn an_abandoned_attempt_of_this_process_is_unknown() {
    let (_directory, path) = place();
    let ledger = open(&path).await;
    let buys = purchase(None, 1);
    let (_, attempt) = intend_live(&ledger, &buys).await;
    assert!(matches!(stands(&ledger, &buys).await, PurchaseState::Posting { here: true, .. }));
    ledger.local().finish(attempt);
    assert!(matches!(stands(&ledger, &buys).await, PurchaseState::Unknown(..)));
}

#[tokio::test]
async fn a_link_leads_to_the_same_holders() {
    let (directory, path) = place();
    let one = open(&path).await;
    let buys = purchase(None, 1);
    intend_live(&one, &buys).await;
    let inner = directory.path().join("inner");
    std::fs::create_dir(&inner).unwrap();
    let link = inner.join("link.db");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&path, &link).unwrap();
    #[cfg(not(unix))]
    let link = path;
    let two = open(&link).await;
    assert!(matches!(stands(&two, &buys).await, PurchaseState::Posting { here: false, .. }));
}

#[tokio::test]
async fn a_dead_holder_is_kept_until_its_attempts_are_unknown() {
    let (directory, path) = place();
    let ledger = open(&path).await;
    let buys = purchase(None, 1);
    let (_, attempt) = intend_live(&ledger, &buys).await;
    drop(ledger);
    assert_eq!(names(directory.path()).len(), 2);
    let ledger = open(&path).await;
    let list = |rows: &mut dyn Rows| rows.entries(ACCOUNT, OPERATION, Filter::Open, EntryId(0), 10);
    // Opening changes no entry.
    assert_eq!(run(&ledger, list).await.unwrap()[0].state, EntryState::Posting);
    drop(ledger);
    assert_eq!(names(directory.path()).len(), 2);
    let ledger = open(&path).await;
    assert!(matches!(stands(&ledger, &buys).await, PurchaseState::Unknown(_, of) if of.id == attempt));
    drop(ledger);
    drop(open(&path).await);
    assert_eq!(names(directory.path()), ["covers.db"]);
}

#[tokio::test]
async fn rows_survive_a_reopening() {
    let (_directory, path) = place();
    let ledger = open(&path).await;
    let (kept, attempt) = intend_live(&ledger, &purchase(Some("key"), 1)).await;
    settle_task(&ledger, attempt, "task").await;
    let unset = intend_live(&ledger, &purchase(None, 2)).await;
    let set = run(&ledger, move |rows| {
        let mut entry = rows.entry(kept)?.unwrap();
        (entry.state, entry.status, entry.cost) = (EntryState::Done, Some("ended".into()), Some(12.into()));
        (entry.consent, entry.delivered, entry.changed) = (true, true, rows.now() + Duration::from_secs(5));
        rows.update_entry(&entry)?;
        let mut attempt = rows.attempt(attempt)?.unwrap();
        (attempt.duplicate, attempt.hint) = (true, Some("hint".into()));
        attempt.evidence = Some("the connection was reset".into());
        rows.put_attempt(&attempt, &entry.purchase)?;
        Ok((entry, attempt))
    });
    let set = set.await.unwrap();
    let unset_now = run(&ledger, move |rows| Ok((rows.entry(unset.0)?.unwrap(), rows.attempt(unset.1)?.unwrap())));
    let unset_now = unset_now.await.unwrap();
    drop(ledger);
    let ledger = open(&path).await;
    let again = |entry: EntryId, attempt: AttemptId| {
        run(&ledger, move |rows| Ok((rows.entry(entry)?.unwrap(), rows.attempt(attempt)?.unwrap())))
    };
    assert_eq!(again(set.0.id, set.1.id).await.unwrap(), set);
    assert_eq!(again(unset.0, unset.1).await.unwrap(), unset_now);
}

#[tokio::test]
async fn ids_are_not_reused() {
    let (_directory, path) = place();
    let ledger = open(&path).await;
    let (last, attempt) = intend_live(&ledger, &purchase(Some("key"), 1)).await;
    settle_task(&ledger, attempt, "task").await;
    let purged = run(&ledger, move |rows| {
        crate::ledger::end(rows, ACCOUNT, OPERATION, "task", EntryState::Done, "ended", false)?;
        rows.purge(ACCOUNT, OPERATION, SystemTime::now() + Duration::from_secs(1), usize::MAX)
    });
    assert_eq!(purged.await.unwrap(), 1);
    drop(ledger);
    let ledger = open(&path).await;
    assert!(!has(&ledger, "key").await);
    assert!(intend_live(&ledger, &purchase(Some("key"), 1)).await.0 > last);
}
