use std::time::{SystemTime, UNIX_EPOCH};

use cover_spec::tables::Credits;

use super::*;
use crate::ledger::sql::{from_millis, statements, to_millis};
use crate::ledger::{AttemptState, EntryState, Filter};

#[tokio::test]
async fn parameters_are_numbered_in_the_order_in_which_they_appear() {
    let (_directory, path) = place();
    drop(open(&path).await);
    let db = Connection::open(&path).unwrap();
    for text in statements::ALL {
        let statement = db.prepare(text).unwrap();
        for index in 1..=statement.parameter_count() {
            assert_eq!(statement.parameter_name(index), Some(&*format!("${index}")), "{text}");
        }
    }
}

#[tokio::test]
async fn every_query_uses_an_index() {
    let (_directory, path) = place();
    drop(open(&path).await);
    let db = Connection::open(&path).unwrap();
    for (statement, index) in [
        (statements::ENTRY, "INTEGER PRIMARY KEY"),
        (statements::ENTRY_BY_KEY, "entries_by_key"),
        (statements::OPEN_ENTRIES, "entries_without_key"),
        (statements::LIST_OPEN, "entries_open"),
        (statements::LIST_UNFINISHED, "entries_unfinished"),
        (statements::UPDATE_ENTRY, "INTEGER PRIMARY KEY"),
        (statements::ATTEMPT, "sqlite_autoindex_attempts_1"),
        (statements::ATTEMPT_BY_TASK, "attempts_by_task"),
        (statements::DUPLICATES, "attempts_duplicate"),
        (statements::ANSWER, "sqlite_autoindex_answers_1"),
        (statements::DELETE_ANSWERS, "answers_of_entry"),
        (statements::OVER, "entries_over"),
        (statements::DELETE_ATTEMPTS, "attempts_of_entry"),
        (statements::DELETE_ENTRY, "INTEGER PRIMARY KEY"),
        (statements::IS_POSTING, "entries_open"),
        (statements::SPENT_SINCE, "sqlite_autoindex_spending_1"),
        (statements::SPENT_BY, "spending_of_holder"),
    ] {
        let mut explain = db.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).unwrap();
        let plan = explain.raw_query().mapped(|row| row.get::<_, String>(3)).collect::<Result<Vec<_>, _>>().unwrap();
        let plan = plan.join("\n");
        assert!(plan.contains(index), "{statement}\n{plan}");
        let is_fine = |line: &str| line.contains("entries_open") || line == "SCAN CONSTANT ROW";
        let scans = plan.lines().any(|line| line.starts_with("SCAN") && !is_fine(line));
        assert!(!scans && !plan.contains("TEMP B-TREE"), "{statement}\n{plan}");
    }
}

#[tokio::test]
async fn uniqueness_is_enforced() {
    let (_directory, path) = place();
    let ledger = open(&path).await;
    insert(&ledger, "key").await.unwrap();
    assert!(insert(&ledger, "key").await.unwrap_err().is_refused());

    // Without a key: one that is posting or unknown, and any number of others.
    let unkeyed = |state: EntryState, consent: bool| {
        run(&ledger, move |rows| {
            let entry = ready(rows, purchase(None, 1));
            let task = state.has_task().then(|| "another task".to_owned());
            rows.insert_entry(&Entry { state, task, consent, ..entry })
        })
    };
    for (state, consent) in [(EntryState::Ready, false), (EntryState::Ready, false), (EntryState::Running, false)] {
        unkeyed(state, consent).await.unwrap();
    }
    let first = unkeyed(EntryState::Unknown, false).await.unwrap();
    assert!(unkeyed(EntryState::Posting, false).await.unwrap_err().is_refused());
    assert!(unkeyed(EntryState::Unknown, false).await.unwrap_err().is_refused());
    unkeyed(EntryState::Unknown, true).await.unwrap();
    run(&ledger, move |rows| {
        let entry = rows.entry(first)?.unwrap();
        rows.update_entry(&Entry { consent: true, ..entry })
    })
    .await
    .unwrap();
    unkeyed(EntryState::Posting, false).await.unwrap();

    // Tasks, of entries and of attempts.
    let (one, of_one) = intend_live(&ledger, &purchase(None, 2)).await;
    let (two, of_two) = intend_live(&ledger, &purchase(None, 3)).await;
    settle_task(&ledger, of_one, "task").await;
    let attempt = run(&ledger, move |rows| {
        let attempt = rows.attempt(of_two)?.unwrap();
        rows.put_attempt(&crate::ledger::Attempt { task: Some("task".into()), ..attempt }, &purchase(None, 3))
    });
    assert!(attempt.await.unwrap_err().is_refused());
    let entry = run(&ledger, move |rows| {
        let task = rows.entry(one)?.unwrap().task;
        let entry = rows.entry(two)?.unwrap();
        rows.update_entry(&Entry { task, ..entry })
    });
    assert!(entry.await.unwrap_err().is_refused());
}

#[tokio::test]
async fn a_row_of_a_later_version_does_not_block_others() {
    let (_directory, path) = place();
    let ledger = open(&path).await;
    let mut ids = Vec::new();
    for request in 0..5 {
        let (entry, attempt) = intend_live(&ledger, &purchase(Some(&format!("key {request}")), request)).await;
        ledger.local().finish(attempt);
        ids.push((entry, attempt));
    }
    sql(
        &path,
        &format!(
            "UPDATE entries SET state = 'queued' WHERE id = {}; UPDATE entries SET attempts = 'many' WHERE id = {};",
            ids[0].0.0, ids[1].0.0
        ),
    );
    for (row, (id, _)) in ids.iter().copied().enumerate().take(2) {
        let error = run(&ledger, move |rows| rows.entry(id)).await.unwrap_err().to_string();
        assert!(error.contains("covers.db"), "{error}");
        let key = format!("key {row}");
        run(&ledger, move |rows| rows.entry_by_key(ACCOUNT, OPERATION, &key)).await.unwrap_err();
    }
    // Lists skip it, and do not end early.
    for limit in 1..5 {
        let list = move |rows: &mut dyn Rows| rows.entries(ACCOUNT, OPERATION, Filter::Open, EntryId(0), limit);
        let list: Vec<_> = run(&ledger, list).await.unwrap().iter().map(|entry| entry.id).collect();
        let expected: Vec<_> = ids[2..].iter().map(|ids| ids.0).take(limit).collect();
        assert_eq!(list, expected);
    }
    assert!(matches!(stands(&ledger, &purchase(Some("key 2"), 2)).await, PurchaseState::Unknown(..)));
    settle_task(&ledger, ids[2].1, "task").await;
    intend_live(&ledger, &purchase(None, 9)).await;
    drop(ledger);
    open(&path).await;
}

#[tokio::test]
async fn an_equal_request_without_a_key_is_held_back_by_a_row_that_cannot_be_read() {
    let (_directory, path) = place();
    let ledger = open(&path).await;
    let (id, _) = intend_live(&ledger, &purchase(None, 1)).await;
    sql(&path, &format!("UPDATE entries SET state = 'queued' WHERE id = {}", id.0));
    let look = |request| move |rows: &mut dyn Rows| look_up(rows, &purchase(None, request), None, Terms::default());
    let error = run(&ledger, look(1)).await.unwrap_err().to_string();
    assert!(error.contains("`queued`"), "{error}");
    run(&ledger, look(2)).await.unwrap();
}

#[tokio::test]
async fn a_row_that_lacks_its_task_is_damaged() {
    let (_directory, path) = place();
    let ledger = open(&path).await;
    for (request, key) in (1..).zip([Some("key"), None]) {
        let (_, attempt) = intend_live(&ledger, &purchase(key, request)).await;
        settle_task(&ledger, attempt, &format!("task {request}")).await;
    }
    let lose = "UPDATE entries SET task = NULL";
    assert!(Connection::open(&path).unwrap().execute(lose, []).is_err());
    // As a damaged disk or another program would.
    sql(&path, &format!("PRAGMA ignore_check_constraints = ON; {lose}"));
    // By its key, as the nearest entry, and as the equal entry in the way of another.
    for (key, request) in [(Some("key"), 1), (None, 2), (Some("another"), 2)] {
        for max_failures in [None, Some(3)] {
            let terms = Terms { max_failures, consent: None };
            let look = move |rows: &mut dyn Rows| look_up(rows, &purchase(key, request), None, terms);
            let error = run(&ledger, look).await.unwrap_err();
            assert!(error.is_damaged() && error.to_string().contains("lacks its task"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_purge_deletes_only_finished_entries() {
    let (_directory, path) = place();
    let ledger = open(&path).await;
    let all = [
        ("over", EntryState::Done, true, false),
        ("failed", EntryState::Failed, true, false),
        ("undelivered", EntryState::Done, false, false),
        ("duplicate", EntryState::Done, true, true),
        ("running", EntryState::Running, true, false),
        ("unknown", EntryState::Unknown, false, false),
        ("ready", EntryState::Ready, false, false),
    ];
    for (request, (key, state, delivered, duplicate)) in all.into_iter().enumerate() {
        let (id, attempt) = intend_live(&ledger, &purchase(Some(key), request as u64)).await;
        let set = run(&ledger, move |rows| {
            let entry = rows.entry(id)?.unwrap();
            let task = state.has_task().then(|| format!("task {}", id.0));
            rows.update_entry(&Entry { state, task, delivered, ..entry.clone() })?;
            let attempt = rows.attempt(attempt)?.unwrap();
            let attempt = crate::ledger::Attempt { duplicate, state: AttemptState::Task, ..attempt };
            rows.put_attempt(&attempt, &entry.purchase)
        });
        set.await.unwrap();
    }
    let unkeyed = run(&ledger, |rows| {
        let entry = ready(rows, purchase(None, 1));
        rows.insert_entry(&entry)
    });
    unkeyed.await.unwrap();
    let purge = |operation: &'static str, before: SystemTime| {
        run(&ledger, move |rows| rows.purge(ACCOUNT, operation, before, usize::MAX))
    };
    let later = SystemTime::now() + Duration::from_secs(1);
    assert_eq!(purge(OPERATION, UNIX_EPOCH).await.unwrap(), 0);
    assert_eq!(purge("another", later).await.unwrap(), 0);
    assert_eq!(purge(OPERATION, later).await.unwrap(), 3);
    for (key, ..) in all {
        assert_eq!(has(&ledger, key).await, key != "over" && key != "failed", "{key}");
    }
    drop(ledger);
    let count = |table: &str| -> i64 {
        let count = format!("SELECT count(*) FROM {table}");
        Connection::open(&path).unwrap().query_one(&count, [], |row| row.get(0)).unwrap()
    };
    assert_eq!((count("entries"), count("attempts")), (5, 5));
}

#[tokio::test]
async fn a_purge_compares_times_exactly() {
    let (_directory, path) = place();
    let ledger = open(&path).await;
    let changed = run(&ledger, |rows| {
        let entry = ready(rows, purchase(None, 1));
        rows.insert_entry(&entry)?;
        Ok(entry.changed)
    });
    let changed = changed.await.unwrap();
    for (before, count) in [(changed, 0), (changed + Duration::from_nanos(1), 1)] {
        assert_eq!(run(&ledger, move |rows| rows.purge(ACCOUNT, OPERATION, before, usize::MAX)).await.unwrap(), count);
    }
}

#[tokio::test]
async fn duplicates_come_in_the_order_of_their_entries() {
    let (_directory, path) = place();
    let ledger = open(&path).await;
    let mut expected = Vec::new();
    for request in 0..20 {
        let (_, attempt) = intend_live(&ledger, &purchase(None, request)).await;
        if request % 2 == 0 {
            let set = run(&ledger, move |rows| {
                let attempt = rows.attempt(attempt)?.unwrap();
                rows.put_attempt(&crate::ledger::Attempt { duplicate: true, ..attempt }, &purchase(None, request))
            });
            set.await.unwrap();
            expected.push(attempt);
        }
    }
    let found = run(&ledger, |rows| rows.duplicates(ACCOUNT, OPERATION)).await.unwrap();
    assert_eq!(found.iter().map(|attempt| attempt.id).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn the_views_have_readable_times_and_prices_in_credits() {
    let (_directory, path) = place();
    let ledger = open(&path).await;
    let (purchase, id) = (purchase(Some("key"), 1), AttemptId::new());
    let charge = Charge { price: Some(Credits::from(12)), limits: Vec::new() };
    run(&ledger, move |rows| intend(rows, &purchase, None, Terms::default(), &charge, id, LEASE)).await.unwrap();
    let past = run(&ledger, move |rows| {
        let attempt = rows.attempt(id)?.unwrap();
        let entry = rows.entry(attempt.entry)?.unwrap();
        let (hour, day) = (UNIX_EPOCH + Duration::from_secs(3_600), UNIX_EPOCH + Duration::from_secs(86_400));
        rows.update_entry(&Entry { created: hour, changed: day, ..entry.clone() })?;
        rows.put_attempt(&crate::ledger::Attempt { started: day, ..attempt }, &entry.purchase)
    });
    past.await.unwrap();
    let db = Connection::open(&path).unwrap();
    let row = |view: &str, columns: &str| -> (String, String, String, f64) {
        let select = format!("SELECT key, state, {columns}, credits FROM {view}");
        db.query_one(&select, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).unwrap()
    };
    let expected = |time: &str| ("key".to_owned(), "posting".to_owned(), time.to_owned(), 12.0);
    assert_eq!(row("ledger_entries", "created"), expected("1970-01-01 01:00:00"));
    assert_eq!(row("ledger_entries", "changed"), expected("1970-01-02 00:00:00"));
    assert_eq!(row("ledger_attempts", "started"), expected("1970-01-02 00:00:00"));
    let age = "SELECT age_seconds - unchanged_seconds FROM ledger_entries";
    assert_eq!(db.query_one(age, [], |row| row.get::<_, i64>(0)).unwrap(), 86_400 - 3_600);
}

#[test]
fn any_time_is_stored_in_whole_milliseconds() {
    let zero = UNIX_EPOCH;
    for (time, millis) in [
        (zero, 0),
        (zero + Duration::from_micros(1_999), 1),
        (zero - Duration::from_millis(5), -5),
        (zero + Duration::from_secs(1_800_000_000), 1_800_000_000_000),
    ] {
        assert_eq!(to_millis(time), millis);
        assert_eq!(to_millis(from_millis(millis)), millis);
    }
    // No row makes this panic.
    for millis in [i64::MIN, i64::MAX] {
        from_millis(millis);
    }
}
