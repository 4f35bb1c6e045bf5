//! Purchases in the ledger, for operators and for programs that restart.

use std::fmt;
use std::time::{Duration, SystemTime};

use super::{Client, Sent};
use crate::error::{Error, Failure, Kind};
use crate::events;
use crate::ledger::{self, AttemptId, Entry, EntryId, Filter, Resolution};
use crate::redact::Shown;
use crate::service::Service;
use crate::submit;
use cover_spec::answers::check_id;

/// Number of entries that are read from the ledger at once.
const PAGE: usize = 256;

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
    /// an error if the purchase is no longer unknown, was sent again since it was listed, or the task belongs to another purchase.
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
        let entry = self.read_ledger(move |rows| ledger::resolve(rows, entry, attempt, &resolution)).await?;
        self.operation.account.ledger.local().notify();
        self.bought(&entry, None)
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
    /// The ledger is read in pages. Tasks whose results the service no longer keeps are left out.
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
    /// longest exchange.
    ///
    /// # Errors
    ///
    /// [`Error::is_ledger`] if the ledger cannot be written.
    pub async fn purge(&self, older_than: Duration) -> Result<u64, Error<S>> {
        let Some(before) = SystemTime::now().checked_sub(older_than) else { return Ok(0) };
        let (name, api) = (self.operation.account.name.clone(), self.operation.api);
        self.read_ledger(move |rows| rows.purge(&name, &api.id, before)).await
    }
}

impl<S: Service> UnfinishedTasks<S> {
    /// Returns the next task, or `None` after the last one.
    ///
    /// # Errors
    ///
    /// [`Error::is_ledger`] if the ledger cannot be read.
    pub async fn next(&mut self) -> Result<Option<Sent<S>>, Error<S>> {
        loop {
            if let Some(entry) = self.page.next() {
                self.last = entry.id;
                let age = entry.attempt.map(AttemptId::age).unwrap_or_default();
                let is_kept = self.client.operation.api.retention.is_none_or(|retention| age <= retention);
                if self.client.operation.api.poll.is_some() && !is_kept {
                    continue;
                }
                let of = entry.clone();
                let answer = self.client.read_ledger(move |rows| ledger::answer(rows, &of)).await?;
                match self.client.bought(&entry, answer) {
                    Ok(Some(sent)) => return Ok(Some(sent)),
                    // An equal send reports that the answer was not kept or cannot be read.
                    Ok(None) | Err(_) => continue,
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
            self.page = page.into_iter();
        }
    }

    /// Returns all remaining tasks.
    ///
    /// # Errors
    ///
    /// [`Error::is_ledger`] if the ledger cannot be read.
    pub async fn all(mut self) -> Result<Vec<Sent<S>>, Error<S>> {
        let mut all = Vec::new();
        while let Some(task) = self.next().await? {
            all.push(task);
        }
        Ok(all)
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
