//! Files that earlier versions of the tables wrote.

use std::time::SystemTime;

use cover_spec::tables::Credits;

use super::*;
use crate::ledger::{EntryState, Filter, Resolution, Span, resolve};

/// Creates a ledger as the first version of the tables had it, with one purchase that is done.
fn first_version(path: &Path) {
    sql(path, include_str!("../../sql/schema/1.sql"));
    sql(
        path,
        "CREATE TABLE ledger_meta (version BIGINT NOT NULL, least_version BIGINT NOT NULL);
         INSERT INTO ledger_meta VALUES (1, 1);
         INSERT INTO entries VALUES (7, 'acme', 'upload_cover', 'old', 1, zeroblob(32), 'done', zeroblob(16), 1, 'task',
             NULL, FALSE, TRUE, 'SUCCESS', 1000, 2000);
         INSERT INTO attempts VALUES (zeroblob(16), 7, 'acme', 'upload_cover', 1, 'holder', 'task', 'task', 'reply', FALSE,
             NULL, NULL, 1000, NULL);",
    );
}

#[tokio::test]
async fn the_first_version_is_migrated_and_keeps_its_rows() {
    let (_directory, path) = place();
    first_version(&path);
    let ledger = open(&path).await;
    let old = super::entry(&ledger, EntryId(7)).await;
    assert_eq!((old.task.as_deref(), old.delivered, old.purchase.key.as_deref()), (Some("task"), true, Some("old")));
    let (entry, attempt) = intend_live(&ledger, &purchase(Some("new"), 1)).await;
    let answer = Settlement::Answer { bytes: "answer".into() };
    run(&ledger, move |rows| settle(rows, attempt, &answer)).await.unwrap();
    drop(ledger);
    let ledger = open(&path).await;
    assert_eq!(super::entry(&ledger, entry).await.task, Some(attempt.to_string()));
    assert_eq!(run(&ledger, move |rows| rows.answer(attempt)).await.unwrap(), Some("answer".into()));
    let versions = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let versions = Connection::open(&path).unwrap().query_one("SELECT * FROM ledger_meta", [], versions);
    // Writers of the first version may go on: they have no operations whose answers they could lose.
    assert_eq!(versions, Ok((4_i64, 1_i64)));
}

/// Creates a ledger as the second version of the tables had it, with an answer, a purchase that a process left while it was posting,
/// and one that is unknown.
fn second_version(path: &Path) {
    first_version(path);
    sql(path, include_str!("../../sql/schema/2.sql"));
    sql(
        path,
        "UPDATE ledger_meta SET version = 2;
         INSERT INTO answers VALUES (zeroblob(16), 7, X'616E73776572');
         INSERT INTO entries VALUES (8, 'acme', 'upload_cover', 'posting', 1, zeroblob(32), 'posting',
             X'00000000000000000000000000000001', 1, NULL, NULL, FALSE, FALSE, NULL, 1000, 2000);
         INSERT INTO attempts VALUES (X'00000000000000000000000000000001', 8, 'acme', 'upload_cover', 1, 'dead holder',
             'posting', NULL, NULL, FALSE, NULL, NULL, 1000, NULL);
         INSERT INTO entries VALUES (9, 'acme', 'upload_cover', 'unknown', 1, zeroblob(32), 'unknown',
             X'00000000000000000000000000000002', 1, NULL, NULL, FALSE, FALSE, NULL, 1000, 2000);
         INSERT INTO attempts VALUES (X'00000000000000000000000000000002', 9, 'acme', 'upload_cover', 1, 'dead holder',
             'unknown', NULL, NULL, FALSE, 'hint', 'no reply', 1000, NULL);",
    );
}

async fn spent(ledger: &SqliteLedger) -> [u64; 2] {
    let spent = |span| run(ledger, move |rows| rows.spent(ACCOUNT, span));
    let all = spent(Span::Since(SystemTime::UNIX_EPOCH)).await.unwrap();
    [spent(Span::Process).await.unwrap().thousandths(), all.thousandths()]
}

/// Records an intent with a price.
async fn intend_for(ledger: &SqliteLedger, key: &str, price: u32) -> AttemptId {
    let (purchase, id) = (purchase(Some(key), 1), AttemptId::new());
    let charge = Charge { price: Some(Credits::from(price)), limits: Vec::new() };
    run(ledger, move |rows| intend(rows, &purchase, None, Terms::default(), &charge, id, LEASE)).await.unwrap();
    id
}

#[tokio::test]
async fn the_second_version_is_migrated_and_its_attempts_mean_what_they_meant() {
    let (_directory, path) = place();
    second_version(&path);
    let ledger = open(&path).await;
    assert_eq!(run(&ledger, |rows| rows.answer(AttemptId(0))).await.unwrap(), Some("answer".into()));
    for (key, state) in [("posting", "unknown"), ("unknown", "unknown"), ("old", "done")] {
        let standing = match stands(&ledger, &Purchase { fingerprint: ZERO, ..purchase(Some(key), 1) }).await {
            PurchaseState::Unknown(entry, attempt) => {
                assert_eq!(attempt.cost, None);
                entry
            }
            PurchaseState::Task(entry) => entry,
            other => panic!("{key}: {other:?}"),
        };
        assert_eq!((standing.state.name(), standing.cost), (state, None), "{key}");
    }
    let open_entries =
        run(&ledger, |rows| rows.entries(ACCOUNT, OPERATION, Filter::Open, EntryId(0), 9)).await.unwrap();
    assert_eq!(open_entries.len(), 2);

    // Nothing is known of what they cost, also when they are settled.
    assert_eq!(spent(&ledger).await, [0, 0]);
    intend_for(&ledger, "new", 12).await;
    let settled = run(&ledger, |rows| resolve(rows, EntryId(9), AttemptId(2), &Resolution::NotCharged)).await.unwrap();
    assert_eq!(settled.state, EntryState::Ready);
    settle_task(&ledger, AttemptId(1), "late").await;
    assert_eq!(spent(&ledger).await, [12_000, 12_000]);
}

const ZERO: Fingerprint = Fingerprint { version: 1, digest: [0; 32] };

/// Columns that an earlier version does not know keep their values.
#[tokio::test]
async fn a_process_of_an_earlier_version_may_go_on_beside_this_one() {
    let (_directory, path) = place();
    second_version(&path);
    let ledger = open(&path).await;
    let priced = intend_for(&ledger, "priced", 12).await;
    let id = format!("X'{:032X}'", priced.0);
    sql(
        &path,
        &format!(
            "INSERT INTO attempts (id, entry, account, operation, number, holder, state, task, source, duplicate, hint, evidence, \
             started, supersedes) VALUES (X'00000000000000000000000000000003', 7, 'acme', 'upload_cover', 2, 'earlier', 'posting', \
             NULL, NULL, FALSE, NULL, NULL, 3000, NULL);
             UPDATE attempts SET state = 'unknown', evidence = 'the word of an earlier version' WHERE id = {id};"
        ),
    );
    let find = |id: AttemptId| run(&ledger, move |rows| rows.attempt(id));
    assert_eq!(find(AttemptId(3)).await.unwrap().unwrap().cost, None);
    assert_eq!(find(priced).await.unwrap().unwrap().cost, Some(12.into()));
    let nothing = Settlement::NotCreated { evidence: "a fact".to_owned() };
    run(&ledger, move |rows| settle(rows, priced, &nothing)).await.unwrap();
    assert_eq!(spent(&ledger).await, [0, 0]);
}

#[tokio::test]
async fn what_a_process_spent_outlives_it() {
    let (_directory, path) = place();
    let (one, other) = (open(&path).await, open(&path).await);
    let lost = intend_for(&one, "lost", 30).await;
    let sent = intend_for(&one, "sent", 12).await;
    settle_task(&one, sent, "task").await;
    intend_for(&other, "other", 4).await;
    settle_task(&other, lost, "claimed").await;
    assert_eq!((spent(&one).await, spent(&other).await), ([42_000, 46_000], [4_000, 46_000]));
    drop(one);
    assert_eq!(spent(&other).await, [4_000, 46_000]);
}
