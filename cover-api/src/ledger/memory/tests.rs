use std::sync::Arc;
use std::time::Duration;

use super::MemoryLedger;
use crate::ledger::{
    AttemptId, Charge, EntryId, Fingerprint, Intended, LedgerError, LedgerHandle, Purchase, Rows, Settlement,
    TaskSource, Terms, deliver, intend, settle,
};

const LEASE: Duration = Duration::from_secs(320);

fn purchase(key: Option<&str>, request: usize) -> Purchase {
    let fingerprint = Fingerprint::new("cover", &request.to_be_bytes());
    Purchase { account: String::new(), operation: "cover".to_owned(), key: key.map(str::to_owned), fingerprint }
}

async fn post(ledger: &LedgerHandle, of: Purchase) -> Result<(EntryId, AttemptId), LedgerError> {
    let id = AttemptId::new();
    match ledger.run(move |rows| intend(rows, &of, None, Terms::default(), &Charge::default(), id, LEASE)).await? {
        Intended::Recorded { entry, .. } => Ok((entry, id)),
        refused => panic!("{refused:?}"),
    }
}

async fn buy(ledger: &LedgerHandle, of: Purchase) -> Result<EntryId, LedgerError> {
    let (entry, id) = post(ledger, of).await?;
    let bought = move |rows: &mut dyn Rows| {
        settle(rows, id, &Settlement::Task { task: id.to_string(), source: TaskSource::Reply })?;
        deliver(rows, entry, &id.to_string(), false)
    };
    ledger.run(bought).await.map(|()| entry)
}

async fn waste(ledger: &LedgerHandle, of: Purchase) -> Result<EntryId, LedgerError> {
    let (entry, id) = post(ledger, of).await?;
    let nothing = Settlement::NotCreated { evidence: String::new() };
    ledger.run(move |rows| settle(rows, id, &nothing)).await.map(|_| entry)
}

async fn has(ledger: &LedgerHandle, id: EntryId) -> bool {
    ledger.run(move |rows| rows.entry(id)).await.unwrap().is_some()
}

#[tokio::test]
async fn a_full_ledger_removes_delivered_entries_without_a_key() {
    for capacity in [1, 2, 8, 1_024] {
        let ledger = LedgerHandle::new(Arc::new(MemoryLedger::with_capacity(capacity)));
        for request in 0..3 * capacity {
            buy(&ledger, purchase(None, request)).await.unwrap();
        }
        // Entries with a key replace those without one, until the ledger is full.
        for request in 0..capacity {
            buy(&ledger, purchase(Some(&request.to_string()), request)).await.unwrap();
        }
        assert!(buy(&ledger, purchase(None, 0)).await.unwrap_err().is_full());
        assert!(buy(&ledger, purchase(Some("key"), 0)).await.unwrap_err().is_full());
    }
}

#[tokio::test]
async fn entries_that_a_send_may_return_to_are_removed_last() {
    let ledger = LedgerHandle::new(Arc::new(MemoryLedger::with_capacity(4)));
    let open = post(&ledger, purchase(None, 0)).await.unwrap().0;
    let ready = [waste(&ledger, purchase(None, 1)).await.unwrap(), waste(&ledger, purchase(None, 2)).await.unwrap()];
    let delivered = buy(&ledger, purchase(None, 3)).await.unwrap();
    buy(&ledger, purchase(Some("a"), 4)).await.unwrap();
    assert!(!has(&ledger, delivered).await && has(&ledger, ready[0]).await && has(&ledger, ready[1]).await);
    buy(&ledger, purchase(Some("b"), 5)).await.unwrap();
    assert!(!has(&ledger, ready[0]).await && has(&ledger, ready[1]).await);
    buy(&ledger, purchase(Some("c"), 6)).await.unwrap();
    assert!(!has(&ledger, ready[1]).await && has(&ledger, open).await);
    assert!(buy(&ledger, purchase(Some("d"), 7)).await.unwrap_err().is_full());
}

#[tokio::test]
async fn failed_work_removes_nothing() {
    let ledger = LedgerHandle::new(Arc::new(MemoryLedger::with_capacity(2)));
    let delivered = buy(&ledger, purchase(None, 0)).await.unwrap();
    buy(&ledger, purchase(Some("a"), 1)).await.unwrap();
    let fails = move |rows: &mut dyn Rows| {
        intend(rows, &purchase(Some("b"), 2), None, Terms::default(), &Charge::default(), AttemptId::new(), LEASE)?;
        assert_eq!(rows.entry(delivered)?, None);
        Err::<(), _>(LedgerError::refused("the test says so"))
    };
    assert!(ledger.run(fails).await.unwrap_err().is_refused());
    assert!(has(&ledger, delivered).await);
    // It can still be removed.
    buy(&ledger, purchase(Some("b"), 2)).await.unwrap();
    assert!(!has(&ledger, delivered).await);
}
