//! What an attempt superseded counts again where it created nothing.

use super::super::{LEASE, Mismatch, ensure};
use super::{OPERATION, Scope};
use crate::ledger::{
    AttemptId, EntryId, EntryState, Filter, Intended, LedgerHandle, Purchase, PurchaseState, Rows, Settlement,
    TaskSource, Terms, end, intend, look_up, resolve, settle,
};
use crate::ledger::{Charge, Entry, Resolution};

pub(super) const PLAIN: Terms = Terms { max_failures: None, consent: None };

fn accepts(id: AttemptId) -> Terms {
    Terms { consent: Some(id), ..PLAIN }
}

/// One purchase, and what a send of it would do.
pub(super) struct Buyer<'a> {
    pub(super) scope: Scope<'a>,
    purchase: Purchase,
}

impl<'a> Buyer<'a> {
    pub(super) fn new(store: &'a LedgerHandle, key: Option<&str>) -> Self {
        let scope = Scope::new(store);
        let purchase = scope.purchase(key, "request");
        Self { scope, purchase }
    }

    pub(super) async fn post(&self, at: Option<EntryId>, terms: Terms) -> Result<(EntryId, AttemptId), Mismatch> {
        let (purchase, id) = (self.purchase.clone(), AttemptId::new());
        self.scope.store.local().begin(id, None);
        match self.scope.run(move |rows| intend(rows, &purchase, at, terms, &Charge::default(), id, LEASE)).await? {
            Intended::Recorded { entry, .. } => Ok((entry, id)),
            refused => Err(Mismatch(format!("an attempt is refused: {refused:?}"))),
        }
    }

    pub(super) async fn settle(&self, id: AttemptId, settlement: Settlement) -> Result<(), Mismatch> {
        self.scope.run(move |rows| settle(rows, id, &settlement).map(drop)).await?;
        self.scope.store.local().finish(id);
        Ok(())
    }

    /// Posts an attempt whose outcome stays unknown.
    async fn lose(&self, terms: Terms) -> Result<(EntryId, AttemptId), Mismatch> {
        let (entry, id) = self.post(None, terms).await?;
        self.settle(id, Settlement::Unknown { hint: None, evidence: "a fact".to_owned() }).await?;
        Ok((entry, id))
    }

    /// Posts an attempt that creates nothing.
    async fn waste(&self, at: Option<EntryId>, terms: Terms) -> Result<EntryId, Mismatch> {
        let (entry, id) = self.post(at, terms).await?;
        self.settle(id, nothing()).await?;
        Ok(entry)
    }

    pub(super) async fn stands(&self, at: Option<EntryId>, terms: Terms) -> Result<PurchaseState, Mismatch> {
        let purchase = self.purchase.clone();
        self.scope.run(move |rows| look_up(rows, &purchase, at, terms)).await
    }

    /// A plain send is refused because of this attempt, which is listed.
    async fn is_refused(&self, for_attempt: AttemptId) -> Result<(), Mismatch> {
        let standing = self.stands(None, PLAIN).await?;
        let is_right = matches!(&standing, PurchaseState::Unknown(_, attempt) if attempt.id == for_attempt);
        ensure(is_right, || format!("a plain send finds {standing:?}, and not that {for_attempt} is unknown"))?;
        let account = self.scope.account.clone();
        let list = move |rows: &mut dyn Rows| rows.entries(&account, OPERATION, Filter::Open, EntryId(0), 9);
        let open = self.scope.run(list).await?;
        let is_listed = open.iter().any(|entry| entry.attempt == Some(for_attempt) && !entry.consent);
        ensure(is_listed, || format!("{for_attempt} is not listed: {open:?}"))
    }

    async fn is_ready(&self) -> Result<(), Mismatch> {
        let standing = self.stands(None, PLAIN).await?;
        ensure(matches!(standing, PurchaseState::Ready(_)), || {
            format!("nothing was created, and it stands as {standing:?}")
        })
    }

    async fn not_charged(&self, entry: EntryId, id: AttemptId) -> Result<(), Mismatch> {
        self.scope.run(move |rows| resolve(rows, entry, id, &Resolution::NotCharged)).await.map(drop)
    }
}

fn nothing() -> Settlement {
    Settlement::NotCreated { evidence: "a fact".to_owned() }
}

/// A consent is for one attempt. Where that created nothing, the unknown one stands in the way again.
pub(super) async fn consent_is_for_one_attempt(store: &LedgerHandle) -> Result<(), Mismatch> {
    for key in [Some("key"), None] {
        let buyer = Buyer::new(store, key);
        let (entry, first) = buyer.lose(PLAIN).await?;
        let second = buyer.waste(None, accepts(first)).await?;
        ensure((entry == second) == key.is_some(), || format!("{second:?} comes after {entry:?}"))?;
        buyer.is_refused(first).await?;
        // The same send goes on, as often as it likes.
        for _ in 0..2 {
            let again = buyer.waste(Some(second), accepts(first)).await?;
            ensure(again == second, || format!("it continues {again:?}, and not {second:?}"))?;
            buyer.is_refused(first).await?;
        }
        buyer.not_charged(entry, first).await?;
        buyer.is_ready().await?;
    }
    // A key that was bought in spite of an equal purchase without one.
    let unkeyed = Buyer::new(store, None);
    let (_, first) = unkeyed.lose(PLAIN).await?;
    let purchase = Purchase { key: Some("key".to_owned()), ..unkeyed.purchase.clone() };
    let keyed = Buyer { scope: Scope { store, account: unkeyed.scope.account.clone() }, purchase };
    keyed.waste(None, accepts(first)).await?;
    keyed.is_refused(first).await?;
    unkeyed.is_refused(first).await
}

/// An attempt that superseded one that had superseded another.
pub(super) async fn consents_are_taken_back_in_turn(store: &LedgerHandle) -> Result<(), Mismatch> {
    for key in [Some("key"), None] {
        let buyer = Buyer::new(store, key);
        let (entry, first) = buyer.lose(PLAIN).await?;
        let (other, second) = buyer.lose(accepts(first)).await?;
        buyer.waste(None, accepts(second)).await?;
        buyer.is_refused(second).await?;
        buyer.not_charged(other, second).await?;
        buyer.is_refused(first).await?;
        buyer.not_charged(entry, first).await?;
        buyer.is_ready().await?;

        // The second one turns out to have created nothing while the third is under way.
        let buyer = Buyer::new(store, key);
        let (_, first) = buyer.lose(PLAIN).await?;
        let (_, second) = buyer.lose(accepts(first)).await?;
        let (_, third) = buyer.post(None, accepts(second)).await?;
        buyer.settle(second, nothing()).await?;
        buyer.settle(third, nothing()).await?;
        buyer.is_refused(first).await?;

        // A task that is learnt late is the purchase.
        let buyer = Buyer::new(store, key);
        let (_, first) = buyer.lose(PLAIN).await?;
        let (_, second) = buyer.post(None, accepts(first)).await?;
        let late = Settlement::Task { task: "late".to_owned(), source: TaskSource::Claim };
        buyer.settle(first, late).await?;
        buyer.settle(second, nothing()).await?;
        let standing = buyer.stands(None, PLAIN).await?;
        let is_late = matches!(&standing, PurchaseState::Task(entry) if entry.task.as_deref() == Some("late"));
        ensure(is_late, || format!("a task is known, and it stands as {standing:?}"))?;
    }
    Ok(())
}

/// A task that failed stays the answer until another attempt may have created something.
pub(super) async fn failures_are_remembered(store: &LedgerHandle) -> Result<(), Mismatch> {
    let after_failure = Terms { max_failures: Some(2), ..PLAIN };
    let buyer = Buyer::new(store, Some("key"));
    let (entry, first) = buyer.post(None, PLAIN).await?;
    buyer.settle(first, Settlement::Task { task: "failed".to_owned(), source: TaskSource::Reply }).await?;
    let account = buyer.scope.account.clone();
    let fail = move |rows: &mut dyn Rows| end(rows, &account, OPERATION, "failed", EntryState::Failed, "FAILED", false);
    buyer.scope.run(fail).await?;
    let is_failed = async || {
        let standing = buyer.stands(None, PLAIN).await?;
        let is_failed = |entry: &Entry| {
            (entry.state, entry.task.as_deref(), entry.status.as_deref(), entry.delivered)
                == (EntryState::Failed, Some("failed"), Some("FAILED"), true)
        };
        let is_right = matches!(&standing, PurchaseState::Task(entry) if is_failed(entry));
        ensure(is_right, || format!("its task has failed, and it stands as {standing:?}"))
    };
    for at in [None, Some(entry), Some(entry)] {
        buyer.waste(at, after_failure).await?;
        is_failed().await?;
    }
    let (_, second) = buyer.lose(after_failure).await?;
    buyer.is_refused(second).await?;
    buyer.waste(None, accepts(second)).await?;
    buyer.is_refused(second).await?;
    buyer.not_charged(entry, second).await?;
    is_failed().await
}

/// A key is posted again until the accepted number of its tasks have failed. Each attempt names the one whose task had failed.
pub(super) async fn failures_are_counted(store: &LedgerHandle) -> Result<(), Mismatch> {
    let up_to = |most| Terms { max_failures: Some(most), ..PLAIN };
    let buyer = Buyer::new(store, Some("key"));
    let mut before = None;
    for number in 1..=3_u32 {
        let (_, id) = buyer.post(None, up_to(number)).await?;
        let task = format!("task-{number}");
        buyer.settle(id, Settlement::Task { task: task.clone(), source: TaskSource::Reply }).await?;
        let account = buyer.scope.account.clone();
        let end = move |rows: &mut dyn Rows| {
            end(rows, &account, OPERATION, &task, EntryState::Failed, "FAILED", false)?;
            rows.attempt(id)
        };
        let attempt = buyer.scope.run(end).await?;
        let superseded = attempt.as_ref().and_then(|attempt| attempt.supersedes);
        ensure(superseded == before, || format!("{attempt:?} comes after {before:?}"))?;
        before = Some(id);
        // What created nothing is not counted.
        buyer.waste(None, up_to(number + 1)).await?;
        for most in 0..=number {
            let standing = buyer.stands(None, up_to(most)).await?;
            let is_right = matches!(&standing, PurchaseState::Exhausted { failures, .. } if *failures == number);
            ensure(is_right, || {
                format!("{number} tasks have failed, and with at most {most} it stands as {standing:?}")
            })?;
        }
    }
    // Without a key, a failed purchase is over.
    let unkeyed = Buyer::new(store, None);
    let (_, id) = unkeyed.post(None, PLAIN).await?;
    unkeyed.settle(id, Settlement::Task { task: "unkeyed".to_owned(), source: TaskSource::Reply }).await?;
    let account = unkeyed.scope.account.clone();
    let fail =
        move |rows: &mut dyn Rows| end(rows, &account, OPERATION, "unkeyed", EntryState::Failed, "FAILED", false);
    unkeyed.scope.run(fail).await?;
    unkeyed.is_ready().await
}

/// A send that waited for an entry does not post because it was purged.
pub(super) async fn purged_entries_are_not_replaced(store: &LedgerHandle) -> Result<(), Mismatch> {
    for key in [Some("key"), None] {
        let buyer = Buyer::new(store, key);
        let (entry, first) = buyer.post(None, PLAIN).await?;
        buyer.settle(first, Settlement::Task { task: "done".to_owned(), source: TaskSource::Reply }).await?;
        let account = buyer.scope.account.clone();
        let purge = move |rows: &mut dyn Rows| {
            end(rows, &account, OPERATION, "done", EntryState::Done, "DONE", false)?;
            let later = rows.now() + std::time::Duration::from_secs(1);
            rows.purge(&account, OPERATION, later, usize::MAX)
        };
        let purged = buyer.scope.run(purge).await?;
        ensure(purged == 1, || format!("it purged {purged}"))?;
        let purchase = buyer.purchase.clone();
        let intent = move |rows: &mut dyn Rows| {
            intend(rows, &purchase, Some(entry), PLAIN, &Charge::default(), AttemptId::new(), LEASE)
        };
        let intended = store.run(intent).await;
        let is_refused = intended.as_ref().is_err_and(crate::ledger::LedgerError::is_refused);
        ensure(is_refused, || format!("its entry was purged, and it is {intended:?}"))?;
        buyer.is_ready().await?;
    }
    Ok(())
}
