//! What may be decided about an attempt while its process may still send it.

use std::time::Duration;

use super::super::{LEASE, Mismatch, ensure};
use super::{Scope, found, new_attempt, seconds_ago};
use crate::ledger::{
    Attempt, AttemptId, AttemptState, Charge, Entry, EntryState, Intended, LedgerHandle, Purchase, PurchaseState,
    Resolution, Rows, Settlement, TaskSource, Terms, intend, look_up, resolve, settle,
};

/// Records an attempt of this process in this state, with a lease.
async fn post(scope: &Scope<'_>, purchase: &Purchase, state: AttemptState) -> Result<Attempt, Mismatch> {
    let (purchase, id) = (purchase.clone(), AttemptId::new());
    scope.store.local().begin(id, None);
    let of_entry = if state == AttemptState::Posting { EntryState::Posting } else { EntryState::Unknown };
    let write = move |rows: &mut dyn Rows| {
        let entry = Entry::new(purchase, seconds_ago(100));
        let entry = Entry { id: rows.insert_entry(&entry)?, state: of_entry, attempt: Some(id), attempts: 1, ..entry };
        rows.update_entry(&entry)?;
        let attempt = Attempt { id, lease: Some(LEASE), ..new_attempt(rows, entry.id, 1, state) };
        rows.put_attempt(&attempt, &entry.purchase)?;
        Ok(attempt)
    };
    scope.run(write).await
}

async fn lease(scope: &Scope<'_>, id: AttemptId) -> Result<Option<Duration>, Mismatch> {
    scope.run(move |rows| Ok(found(rows.attempt(id)?)?.lease)).await
}

/// Others may count an attempt as dead while its process is only slow.
pub(super) async fn leases_hold_decisions_back(store: &LedgerHandle) -> Result<(), Mismatch> {
    for key in [Some("key"), None] {
        let scope = Scope::new(store);
        let purchase = scope.purchase(key, "request");
        let Attempt { id, entry, .. } = post(&scope, &purchase, AttemptState::Unknown).await?;
        let accepts = Terms { max_failures: None, consent: Some(id) };
        let intent = {
            let purchase = purchase.clone();
            let (again, charge) = (AttemptId::new(), Charge::default());
            move |rows: &mut dyn Rows| intend(rows, &purchase, None, accepts, &charge, again, LEASE)
        };

        let intended = scope.run(intent.clone()).await?;
        let is_refused =
            matches!(&intended, Intended::Refused(standing) if matches!(**standing, PurchaseState::Unknown(..)));
        ensure(is_refused, || format!("a consent counts too early: {intended:?}"))?;
        let not_charged = move |rows: &mut dyn Rows| resolve(rows, entry, id, &Resolution::NotCharged);
        let resolved = store.run(not_charged).await;
        let is_refused =
            resolved.as_ref().is_err_and(|error| error.is_refused() && error.to_string().contains("still send"));
        ensure(is_refused, || format!("a word counts too early: {resolved:?}"))?;

        store.local().finish(id);
        let standing = scope.run(move |rows| look_up(rows, &purchase, None, accepts)).await?;
        ensure(matches!(standing, PurchaseState::Ready(_)), || format!("a consent does not count: {standing:?}"))?;
        let entry = scope.run(not_charged).await?;
        ensure(entry.state == EntryState::Ready, || format!("a word does not count: {entry:?}"))?;
    }
    Ok(())
}

/// An outcome that the process itself may have recorded ends the lease.
pub(super) async fn leases_end_with_an_outcome(store: &LedgerHandle) -> Result<(), Mismatch> {
    let evidence = || "a fact".to_owned();
    let task = |source| Settlement::Task { task: AttemptId::new().to_string(), source };
    let outcomes = [
        (Settlement::NotCreated { evidence: evidence() }, None),
        (Settlement::Unknown { hint: None, evidence: evidence() }, None),
        (Settlement::Answer { bytes: "answer".into() }, None),
        (task(TaskSource::Reply), None),
        (task(TaskSource::Claim), Some(LEASE)),
        (task(TaskSource::Operator), Some(LEASE)),
    ];
    let scope = Scope::new(store);
    for (number, (settlement, left)) in outcomes.into_iter().enumerate() {
        let purchase = scope.purchase(Some(&format!("key {number}")), "request");
        let Attempt { id, .. } = post(&scope, &purchase, AttemptState::Posting).await?;
        let outcome = settlement.clone();
        scope.run(move |rows| settle(rows, id, &outcome).map(drop)).await?;
        let lease = lease(&scope, id).await?;
        ensure(lease == left, || format!("after {settlement:?}, the lease is {lease:?}, and not {left:?}"))?;
        store.local().finish(id);
    }
    Ok(())
}

/// An attempt whose process gave it up is swept, and then has no lease.
pub(super) async fn leases_end_with_their_process(store: &LedgerHandle) -> Result<(), Mismatch> {
    let scope = Scope::new(store);
    let purchase = scope.purchase(Some("key"), "request");
    let attempt = post(&scope, &purchase, AttemptState::Posting).await?;
    let id = attempt.id;
    let is_dead = |attempt: Attempt| store.run(move |rows| rows.is_surely_dead(&attempt));
    ensure(!is_dead(attempt.clone()).await?, || "an attempt that is under way is dead".to_owned())?;
    store.local().finish(id);
    ensure(is_dead(attempt).await?, || "an attempt that was given up is not dead".to_owned())?;
    let standing = scope.run(move |rows| look_up(rows, &purchase, None, Terms::default())).await?;
    ensure(matches!(standing, PurchaseState::Unknown(..)), || format!("it was given up, and stands as {standing:?}"))?;
    let lease = lease(&scope, id).await?;
    ensure(lease.is_none(), || format!("it was given up, and has the lease {lease:?}"))
}

/// An attempt of a process that is silent, but has not left.
pub(super) async fn leases_run_out(stores: &[LedgerHandle]) -> Result<(), Mismatch> {
    let (own, other) = (&stores[0], &stores[1]);
    let scope = Scope::new(other);
    // It was recorded 75 s ago.
    for (seconds, is_alive, is_dead) in [(1_000, true, false), (60, false, false), (30, false, true)] {
        let purchase = scope.purchase(Some(&format!("lease of {seconds}")), "request");
        let attempt = post(&scope, &purchase, AttemptState::Posting).await?;
        let (id, entry) = (attempt.id, attempt.entry);
        let shorter = Attempt { lease: Some(Duration::from_secs(seconds)), ..attempt };
        let put = {
            let (shorter, purchase) = (shorter.clone(), purchase.clone());
            move |rows: &mut dyn Rows| rows.put_attempt(&shorter, &purchase)
        };
        scope.run(put).await?;
        let seen = own.run(move |rows| Ok((rows.is_alive(&shorter)?, rows.is_surely_dead(&shorter)?))).await?;
        ensure(seen == (is_alive, is_dead), || {
            format!("75 s after an attempt with a lease of {seconds} s, alive and surely dead are {seen:?}")
        })?;
        let accepts = Terms { max_failures: None, consent: Some(id) };
        let of = purchase.clone();
        let standing = own.run(move |rows| look_up(rows, &of, None, accepts)).await?;
        let is_right = match &standing {
            PurchaseState::Posting { here, .. } => is_alive && !here,
            PurchaseState::Unknown(_, attempt) => !is_alive && !is_dead && attempt.lease.is_some(),
            PurchaseState::Ready(_) => is_dead,
            _ => false,
        };
        ensure(is_right, || format!("75 s after an attempt with a lease of {seconds} s, it stands as {standing:?}"))?;
        // A task is recorded from any process, at any time.
        let task = Settlement::Task { task: id.to_string(), source: TaskSource::Reply };
        scope.run(move |rows| settle(rows, id, &task).map(drop)).await?;
        let entry = own.run(move |rows| found(rows.entry(entry)?)).await?;
        ensure(entry.state == EntryState::Running, || format!("its reply came, and it is {entry:?}"))?;
        other.local().finish(id);
    }
    Ok(())
}
