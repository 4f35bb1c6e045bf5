//! Rate limits that processes share.

use std::time::{Duration, SystemTime};

use super::super::{Mismatch, ensure};
use super::{Scope, found};
use crate::ledger::{AttemptId, Budget, BudgetId, LedgerError, LedgerHandle, Rows, Share};

/// Returns the id of a rate limit that no other run uses.
fn new_id() -> BudgetId {
    let mut id = [0; 32];
    id[..16].copy_from_slice(&AttemptId::new().0.to_be_bytes());
    BudgetId(id)
}

/// Returns the same time whenever it is called.
fn time(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds)
}

fn known() -> Budget {
    Budget {
        paused_until: Some(time(3)),
        slowness: 2.5,
        needs_probe: true,
        prober: Some(("'one'".to_owned(), time(9))),
        no_credits: true,
    }
}

fn share(holder: &str, held: u32) -> Share {
    let (requests, per, valid_until) = (u32::MAX, Duration::from_millis(10_001), time(5));
    Share { holder: holder.to_owned(), held, wants: 7, requests, per, valid_until }
}

async fn read(store: &LedgerHandle, id: BudgetId) -> Result<(Budget, Vec<Share>), Mismatch> {
    Ok(store.run(move |rows| Ok((rows.budget(&id)?, rows.shares(&id)?))).await?)
}

pub(super) async fn budgets_are_read_as_written(stores: &[LedgerHandle]) -> Result<(), Mismatch> {
    let (one, other) = (new_id(), new_id());
    let store = &stores[0];
    let empty = (Budget::default(), Vec::new());
    ensure(read(store, one).await? == empty, || "a new rate limit is known".to_owned())?;
    let write = move |rows: &mut dyn Rows| {
        rows.budget(&one)?;
        rows.put_budget(&one, &known())?;
        // Not in their order.
        for (holder, held) in [("b", 1), ("a", 2), ("", 3), ("B", u32::MAX), ("a", 4)] {
            rows.put_share(&one, &share(holder, held))?;
        }
        rows.delete_share(&one, "b")?;
        rows.delete_share(&one, "nobody")
    };
    store.run(write).await?;
    let written = (known(), vec![share("", 3), share("B", u32::MAX), share("a", 4)]);
    for store in stores {
        let read = read(store, one).await?;
        ensure(read == written, || format!("{written:?} is read as {read:?}"))?;
    }
    ensure(read(store, other).await? == empty, || "two rate limits are mistaken for each other".to_owned())?;
    let clear = move |rows: &mut dyn Rows| {
        rows.budget(&one)?;
        rows.put_budget(&one, &Budget::default())?;
        ["", "B", "a"].into_iter().try_for_each(|holder| rows.delete_share(&one, holder))
    };
    store.run(clear).await?;
    ensure(read(store, one).await? == empty, || "what was deleted is still there".to_owned())
}

pub(super) async fn failed_work_changes_no_budget(store: &LedgerHandle) -> Result<(), Mismatch> {
    let id = new_id();
    let write = move |rows: &mut dyn Rows| {
        rows.budget(&id)?;
        rows.put_budget(&id, &known())?;
        rows.put_share(&id, &share("a", 1))
    };
    store.run(write).await?;
    let fails = move |rows: &mut dyn Rows| {
        rows.budget(&id)?;
        rows.put_budget(&id, &Budget::default())?;
        rows.put_share(&id, &share("b", 1))?;
        rows.delete_share(&id, "a")?;
        Err(LedgerError::unavailable("the work fails"))
    };
    Scope::new(store).refuses("failed work", fails).await?;
    let read = read(store, id).await?;
    ensure(read == (known(), vec![share("a", 1)]), || format!("failed work has left {read:?}"))
}

pub(super) async fn budgets_are_changed_in_turn(stores: &[LedgerHandle]) -> Result<(), Mismatch> {
    const ROUNDS: u32 = 25;
    let id = new_id();
    let count = move |rows: &mut dyn Rows| {
        rows.budget(&id)?;
        let before = rows.shares(&id)?.pop().map_or(0, |share| share.held);
        rows.put_share(&id, &share("all", before + 1))
    };
    // All are begun before any is awaited.
    let mut begun = Vec::new();
    for _ in 0..ROUNDS {
        begun.extend(stores.iter().map(|store| store.run(count)));
    }
    for one in begun {
        one.await?;
    }
    let wanted = ROUNDS * u32::try_from(stores.len()).unwrap_or(u32::MAX);
    let counted = found(read(&stores[0], id).await?.1.pop())?.held;
    ensure(counted == wanted, || format!("{wanted} transactions counted to {counted}"))
}
