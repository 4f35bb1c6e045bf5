//! Purchases in the ledger, for operators and for programs that restart.

use std::fmt;
use std::time::{Duration, SystemTime};

use super::{Client, Sent};
use crate::error::{Error, Failure, Kind};
use crate::events;
use crate::ledger::{self, AttemptId, Bought, Entry, EntryId, Filter, Resolution, Rows};
use crate::redact::Shown;
use crate::service::Service;
use crate::submit;
use cover_spec::answers::check_id;

/// Number of entries that are read from the ledger at once.
const PAGE: usize = 256;
/// Number of entries that are purged in one transaction.
const PURGE: usize = 256;

/// A purchase whose outcome is unknown: an attempt may have reached the service, and nothing proves its result.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownPurchase {
    /// The id of the operation, as its spec names it.
    pub operation: String,
    /// The idempotency key of the purchase, if any.
    pub key: Option<String>,
    /// Start of the attempt.
    pub sent: SystemTime,
    /// Number of attempts of this purchase.
    pub attempts: u32,
    /// The task id that the broken reply seemed to name.
    pub hint: Option<String>,
    /// A description of what happened.
    pub evidence: Option<String>,
    /// Whether [`Client::send_may_charge_twice`] has accepted a second charge.
    pub has_consent: bool,
    entry: EntryId,
    attempt: AttemptId,
}

/// A second charge of one purchase: two attempts became tasks.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Duplicate {
    /// The idempotency key of the purchase, if any.
    pub key: Option<String>,
    /// The task of the purchase.
    pub task: Option<String>,
    /// The additional task.
    pub duplicate: String,
    /// Start of the attempt that created the additional task.
    pub sent: SystemTime,
}

/// The tasks that the ledger knows and that are not finished, from [`Client::unfinished`].
#[must_use = "nothing is read before `.next()`"]
pub struct UnfinishedTasks<S: Service> {
    client: Client<S>,
    page: std::vec::IntoIter<Entry>,
    last: EntryId,
    is_over: bool,
}

/// A purchase that is unfinished, and how its delivery is recorded.
struct Found<S: Service> {
    entry: EntryId,
    /// The task that stands for an answer. A task of the service is not delivered by being listed.
    answer: Option<String>,
    sent: Sent<S>,
}

impl<S: Service> Client<S> {
    /// Lists the purchases whose outcome is unknown, oldest first.
    ///
    /// Look each up in your account at the service, and [resolve](Self::resolve) it. Until then, sends of the same purchase fail.
    ///
    /// # Errors
    ///
    /// [`Error::is_ledger`] if the ledger cannot be read.
    pub async fn unknown(&self) -> Result<Vec<UnknownPurchase>, Error<S>> {
        let all = self.unknown_of(&self.operation.api.id).await?;
        let oldest = all.iter().filter_map(|purchase| purchase.sent.elapsed().ok()).max();
        events::unknown_now(all.len(), oldest);
        Ok(all)
    }

    /// Lists the purchases of an operation of the account whose outcome is unknown.
    pub(super) async fn unknown_of(&self, operation: &str) -> Result<Vec<UnknownPurchase>, Error<S>> {
        let (mut all, mut next) = (Vec::new(), Some(EntryId(0)));
        while let Some(after) = next {
            let (name, operation) = (self.operation.account.name.clone(), operation.to_owned());
            let page = self.read_ledger(move |rows| ledger::unknown(rows, &name, &operation, after, PAGE)).await?;
            next = page.next;
            all.extend(page.entries.into_iter().map(|(entry, attempt)| UnknownPurchase {
                operation: entry.purchase.operation,
                key: entry.purchase.key,
                sent: attempt.started,
                attempts: entry.attempts,
                hint: attempt.hint,
                evidence: attempt.evidence,
                has_consent: entry.consent,
                entry: entry.id,
                attempt: attempt.id,
            }));
        }
        Ok(all)
    }

    /// Records what an operator found out about an unknown outcome.
    ///
    /// [`Resolution::Task`] is confirmed by a poll before it is recorded, and the task is returned. [`Resolution::NotCharged`] allows
    /// the purchase to be sent again; if the operator is wrong, that pays twice.
    ///
    /// # Errors
    ///
    /// [`Error::is_not_found`] if the service does not confirm the task, and [`Error::is_setup`] if the id cannot be a task id or the
    /// purchase is of another operation. It is also
    /// an error if the purchase is no longer unknown, was sent again since it was listed, or the task belongs to another purchase, and for
    /// [`Resolution::NotCharged`] if the process that made the attempt may still send it. The message says for how long.
    /// Nothing changes then.
    pub async fn resolve(
        &self,
        unknown: &UnknownPurchase,
        resolution: Resolution,
    ) -> Result<Option<Sent<S>>, Error<S>> {
        let own: &'static str = &self.operation.api.id;
        if unknown.operation != own {
            return Err(Error::new(Kind::OtherOperation(unknown.operation.clone(), own)));
        }
        if let Resolution::Task(task) = &resolution {
            self.operation.polled()?;
            check_id(task).map_err(|why| Failure::new(Kind::TaskId(why)))?;
        }
        if let Resolution::Task(task) = &resolution
            && !submit::knows(&self.operation, task, None).await
        {
            let failure = Failure::new(Kind::NoSuchTask);
            return Err(Error::from(failure).with_handle(Some(self.handle(task.clone(), None))));
        }
        let (entry, attempt) = (unknown.entry, unknown.attempt);
        let resolve = move |rows: &mut dyn Rows| {
            let entry = ledger::resolve(rows, entry, attempt, &resolution)?;
            let bought = ledger::bought(rows, &entry)?;
            Ok((entry, bought))
        };
        let (entry, bought) = self.read_ledger(resolve).await?;
        self.operation.account.ledger.local().notify();
        self.bought(&entry, bought)
    }

    /// Lists second charges: attempts that became a task although their purchase has another one. The oldest purchase is first.
    ///
    /// The list is empty unless a caller consented, an operator was wrong, or the proof that an attempt created nothing was
    /// false; see [`never_twice`](crate::guide::never_twice).
    ///
    /// # Errors
    ///
    /// [`Error::is_ledger`] if the ledger cannot be read.
    pub async fn duplicates(&self) -> Result<Vec<Duplicate>, Error<S>> {
        let (name, api) = (self.operation.account.name.clone(), self.operation.api);
        self.read_ledger(move |rows| {
            let attempts = rows.duplicates(&name, &api.id)?;
            let mut duplicates = Vec::new();
            for attempt in attempts {
                let entry = rows.entry(attempt.entry)?;
                if let Some((entry, duplicate)) = entry.zip(attempt.task) {
                    let key = entry.purchase.key;
                    duplicates.push(Duplicate { key, task: entry.task, duplicate, sent: attempt.started });
                }
            }
            Ok(duplicates)
        })
        .await
    }

    /// Lists the tasks in the ledger that have not ended, and those that have ended but were never returned to a caller. Nothing is
    /// sent.
    ///
    /// The ledger is read in pages. Tasks whose results the service no longer keeps are left out. So are answers that were not kept or
    /// lack a result, since they cannot be returned; [`Account::unfinished`](super::Account::unfinished) lists these, too.
    ///
    /// ```no_run
    /// # async fn example(client: cover_api::Client) -> Result<(), cover_api::Error> {
    /// let mut tasks = client.unfinished();
    /// while let Some(task) = tasks.next().await? {
    ///     println!("{} is still running", task.id());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn unfinished(&self) -> UnfinishedTasks<S> {
        UnfinishedTasks { client: self.clone(), page: Vec::new().into_iter(), last: EntryId(0), is_over: false }
    }

    /// Deletes finished purchases from the ledger that last changed longer than `older_than` ago. Returns the number of deleted ones.
    ///
    /// A purchase is finished if its task has ended and was returned to a caller. Purchases that are ready with a key, posting,
    /// unknown, running, undelivered or charged twice stay. Nothing is deleted without this call.
    ///
    /// A deleted key can be bought again. A late reply to one of its attempts is not recorded, so keep entries for longer than the
    /// longest exchange. Entries are deleted in steps, between which other work goes on. If this fails or is dropped, what was deleted
    /// before stays deleted.
    ///
    /// # Errors
    ///
    /// [`Error::is_ledger`] if the ledger cannot be written.
    pub async fn purge(&self, older_than: Duration) -> Result<u64, Error<S>> {
        let (name, api) = (&self.operation.account.name, self.operation.api);
        // The clock of the ledger counts, whose times may be whole milliseconds.
        let before = move |rows: &mut dyn Rows| Ok((rows.now() + Duration::from_millis(1)).checked_sub(older_than));
        let Some(before) = self.read_ledger(before).await? else { return Ok(0) };
        let mut purged = 0;
        loop {
            let name = name.clone();
            let count = self.read_ledger(move |rows| rows.purge(&name, &api.id, before, PURGE)).await?;
            purged += count;
            if count == 0 {
                return Ok(purged);
            }
        }
    }
}

impl<S: Service> UnfinishedTasks<S> {
    /// Returns the next task, or `None` after the last one. An answer counts as delivered when it is returned.
    ///
    /// It is cancel safe: dropping the future skips no task.
    ///
    /// # Errors
    ///
    /// [`Error::is_ledger`] if the ledger cannot be read.
    pub async fn next(&mut self) -> Result<Option<Sent<S>>, Error<S>> {
        let found = self.find_next().await?;
        Ok(found.map(|found| found.deliver(&self.client)))
    }

    /// Returns all remaining tasks. Answers count as delivered when this returns; if it is dropped or fails, none does.
    ///
    /// # Errors
    ///
    /// [`Error::is_ledger`] if the ledger cannot be read.
    pub async fn all(mut self) -> Result<Vec<Sent<S>>, Error<S>> {
        let mut all = Vec::new();
        while let Some(found) = self.find_next().await? {
            all.push(found);
        }
        Ok(all.into_iter().map(|found| found.deliver(&self.client)).collect())
    }

    /// Finds the next purchase that can be returned. An entry leaves the page only after the last await, so that it is found again
    /// if this is dropped.
    async fn find_next(&mut self) -> Result<Option<Found<S>>, Error<S>> {
        loop {
            while let Some(entry) = self.page.as_slice().first() {
                let bought = if self.is_kept(entry) { Some(self.look_up(entry).await?) } else { None };
                let found = self.page.next().zip(bought).and_then(|(entry, bought)| self.found(entry, bought));
                if found.is_some() {
                    return Ok(found);
                }
            }
            if self.is_over {
                return Ok(None);
            }
            let (name, api, last) = (self.client.operation.account.name.clone(), self.client.operation.api, self.last);
            let page = self
                .client
                .read_ledger(move |rows| rows.entries(&name, &api.id, Filter::Unfinished, last, PAGE))
                .await?;
            self.is_over = page.len() < PAGE;
            self.last = page.last().map_or(last, |entry| entry.id);
            self.page = page.into_iter();
        }
    }

    /// Returns whether the service still keeps the results. An answer is in the ledger.
    fn is_kept(&self, entry: &Entry) -> bool {
        let age = entry.attempt.map(AttemptId::age).unwrap_or_default();
        let api = self.client.operation.api;
        api.poll.is_none() || api.retention.is_none_or(|retention| age <= retention)
    }

    /// Returns what an entry bought. The ledger is read only if it may be an answer.
    async fn look_up(&self, entry: &Entry) -> Result<Bought, Error<S>> {
        let is_running = self.client.operation.api.poll.is_some() && !entry.state.has_ended();
        if is_running || ledger::may_be_answer(entry).is_none() {
            return Ok(Bought::Task);
        }
        let entry = entry.clone();
        self.client.read_ledger(move |rows| ledger::bought(rows, &entry)).await
    }

    /// Returns what an entry bought, unless that cannot be returned. A send reports why.
    fn found(&self, entry: Entry, bought: Bought) -> Option<Found<S>> {
        let is_answer = matches!(bought, Bought::Answer(_));
        let sent = self.client.bought(&entry, bought).ok()??;
        Some(Found { entry: entry.id, answer: entry.task.filter(|_| is_answer), sent })
    }
}

impl<S: Service> Found<S> {
    /// Hands the purchase to the caller.
    fn deliver(self, client: &Client<S>) -> Sent<S> {
        if let Some(answer) = &self.answer {
            client.operation.deliver(self.entry, answer, false);
        }
        self.sent
    }
}

/// Texts from the service are redacted.
impl fmt::Debug for UnknownPurchase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnknownPurchase")
            .field("operation", &self.operation)
            .field("key", &self.key)
            .field("sent", &self.sent)
            .field("attempts", &self.attempts)
            .field("hint", &self.hint.as_deref().map(Shown))
            .field("evidence", &self.evidence.as_deref().map(Shown))
            .field("has_consent", &self.has_consent)
            .field("entry", &self.entry)
            .field("attempt", &self.attempt)
            .finish()
    }
}

/// Texts from the service are redacted.
impl fmt::Debug for Duplicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Duplicate")
            .field("key", &self.key)
            .field("task", &self.task.as_deref().map(Shown))
            .field("duplicate", &Shown(&self.duplicate))
            .field("sent", &self.sent)
            .finish()
    }
}

impl<S: Service> fmt::Debug for UnfinishedTasks<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnfinishedTasks").field("client", &self.client).finish_non_exhaustive()
    }
}
