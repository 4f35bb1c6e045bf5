//! Decides whether a purchase may be posted.

use super::chain::failed_tasks;
use super::{damaged, write};
use crate::events;
use crate::ledger::{Attempt, AttemptId, AttemptState, Entry, EntryId, EntryState, LedgerError, Purchase, Rows};

/// What a caller accepts beyond the default rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terms {
    /// An entry whose task failed may be posted again, unless this number of its tasks have failed. `None`: it may not.
    pub max_failures: Option<u32>,
    /// This attempt, whose outcome is unknown, may be charged twice. It has no effect while the attempt's process may still send it.
    pub consent: Option<AttemptId>,
}

/// The state of a purchase: whether it may be posted, or why not.
#[derive(Debug, Clone, PartialEq)]
pub enum PurchaseState {
    /// It may be posted, as an attempt of this entry if it has one.
    Ready(Option<EntryId>),
    /// An attempt of this entry may reach the service.
    Posting {
        /// The entry.
        entry: Entry,
        /// Whether this process makes the attempt, so that the caller can wait for its outcome.
        here: bool,
    },
    /// The outcome of this attempt of the entry is unknown.
    Unknown(Entry, Box<Attempt>),
    /// The purchase has a task.
    Task(Entry),
    /// The purchase has a task that failed, as did all those before it, and the caller accepts no more.
    Exhausted {
        /// The entry.
        entry: Entry,
        /// How many of its tasks have failed.
        failures: u32,
    },
    /// The key belongs to a different request.
    OtherRequest(Entry),
}

impl PurchaseState {
    /// Returns the task of the purchase, if it has one.
    pub(crate) fn task(&self) -> Option<&str> {
        match self {
            Self::Task(entry) | Self::Exhausted { entry, .. } | Self::OtherRequest(entry) => entry.task.as_deref(),
            Self::Ready(_) | Self::Posting { .. } | Self::Unknown(..) => None,
        }
    }
}

/// Decides whether a purchase may be posted. `at` is the entry of the caller's send, once it has one.
pub fn look_up(
    rows: &mut dyn Rows,
    purchase: &Purchase,
    at: Option<EntryId>,
    terms: Terms,
) -> Result<PurchaseState, LedgerError> {
    // Before any entry is read, so that all look-ups wait for each other in the same order.
    rows.exclude_equal(purchase)?;
    let found = find(rows, purchase, at)?;
    decide(rows, purchase, found, terms)
}

/// Decides whether a purchase may be posted. `found` is its entry, if it has one.
pub(super) fn decide(
    rows: &mut dyn Rows,
    purchase: &Purchase,
    found: Option<Entry>,
    terms: Terms,
) -> Result<PurchaseState, LedgerError> {
    let state = match found {
        Some(entry) => state_of(rows, purchase, entry, terms)?,
        None => PurchaseState::Ready(None),
    };
    match state {
        PurchaseState::Ready(own) => Ok(obstacle(rows, purchase, own, terms)?.unwrap_or(state)),
        _ => Ok(state),
    }
}

/// Finds the entry of a purchase, in a transaction that excludes others about equal purchases.
pub(super) fn find(
    rows: &mut dyn Rows,
    purchase: &Purchase,
    at: Option<EntryId>,
) -> Result<Option<Entry>, LedgerError> {
    if let Some(id) = at {
        // The entry was purged. A new search might find nothing, and the request would be charged again.
        let gone = || LedgerError::refused("the entry was purged while a send waited for it");
        return rows.entry(id)?.ok_or_else(gone).map(Some);
    }
    if let Some(key) = &purchase.key {
        return rows.entry_by_key(&purchase.account, &purchase.operation, key);
    }
    let open = rows.open_entries(&purchase.account, &purchase.operation, &purchase.fingerprint)?;
    Ok(open.into_iter().min_by_key(|entry| match entry.state {
        EntryState::Posting | EntryState::Unknown => 0,
        EntryState::Running | EntryState::Done | EntryState::Failed => 1,
        EntryState::Ready => 2,
    }))
}

fn state_of(
    rows: &mut dyn Rows,
    purchase: &Purchase,
    entry: Entry,
    terms: Terms,
) -> Result<PurchaseState, LedgerError> {
    let (entry, attempt) = refresh(rows, entry)?;
    Ok(match (entry.state, attempt) {
        (EntryState::Ready, _) => PurchaseState::Ready(Some(entry.id)),
        (EntryState::Failed, attempt) if terms.max_failures.is_some() => after_failure(rows, entry, attempt, terms)?,
        _ if entry.purchase.fingerprint.differs_from(&purchase.fingerprint) => PurchaseState::OtherRequest(entry),
        (EntryState::Posting, Some(attempt)) => PurchaseState::Posting { here: attempt.holder == rows.holder(), entry },
        (EntryState::Unknown, Some(attempt)) if is_accepted(rows, &attempt, terms)? => {
            // With a key, the entry gets another attempt. Without one, the purchase is a new entry.
            PurchaseState::Ready(entry.purchase.key.is_some().then_some(entry.id))
        }
        (EntryState::Unknown, Some(attempt)) => PurchaseState::Unknown(entry, Box::new(attempt)),
        (EntryState::Running | EntryState::Done | EntryState::Failed, _) => PurchaseState::Task(entry),
        (EntryState::Posting | EntryState::Unknown, None) => return Err(damaged("an entry lacks its attempt")),
    })
}

/// Returns whether the caller accepts that this attempt may be charged twice. Nobody can while its process may still send it.
fn is_accepted(rows: &mut dyn Rows, attempt: &Attempt, terms: Terms) -> Result<bool, LedgerError> {
    Ok(terms.consent == Some(attempt.id) && !may_be_sent(rows, attempt)?)
}

/// Returns whether the process of an attempt may still send it.
pub(super) fn may_be_sent(rows: &mut dyn Rows, attempt: &Attempt) -> Result<bool, LedgerError> {
    Ok(attempt.lease.is_some() && !rows.is_surely_dead(attempt)?)
}

/// Decides whether an entry whose task has failed may be posted again.
fn after_failure(
    rows: &mut dyn Rows,
    entry: Entry,
    attempt: Option<Attempt>,
    terms: Terms,
) -> Result<PurchaseState, LedgerError> {
    // The failed task may belong to an earlier attempt, while the current one is still open.
    match attempt {
        Some(attempt) if attempt.state == AttemptState::Posting && rows.is_alive(&attempt)? => {
            return Ok(PurchaseState::Posting { here: attempt.holder == rows.holder(), entry });
        }
        Some(attempt)
            if matches!(attempt.state, AttemptState::Posting | AttemptState::Unknown)
                && !is_accepted(rows, &attempt, terms)? =>
        {
            return Ok(PurchaseState::Unknown(entry, Box::new(attempt)));
        }
        _ => {}
    }
    // Without a key, the next purchase is a new entry.
    if entry.purchase.key.is_none() {
        return Ok(PurchaseState::Ready(None));
    }
    let failures = failed_tasks(rows, &entry)?;
    Ok(match terms.max_failures {
        Some(most) if failures < most => PurchaseState::Ready(Some(entry.id)),
        _ => PurchaseState::Exhausted { entry, failures },
    })
}

/// Finds another equal entry without a key that prevents the send: one that is posting or unknown, or, for a send without a key,
/// one with an undelivered task.
fn obstacle(
    rows: &mut dyn Rows,
    purchase: &Purchase,
    own: Option<EntryId>,
    terms: Terms,
) -> Result<Option<PurchaseState>, LedgerError> {
    for entry in rows.open_entries(&purchase.account, &purchase.operation, &purchase.fingerprint)? {
        if Some(entry.id) == own {
            continue;
        }
        let (entry, attempt) = refresh(rows, entry)?;
        match (entry.state, attempt) {
            (EntryState::Posting, Some(attempt)) => {
                return Ok(Some(PurchaseState::Posting { here: attempt.holder == rows.holder(), entry }));
            }
            (EntryState::Unknown, Some(attempt)) if !is_accepted(rows, &attempt, terms)? => {
                return Ok(Some(PurchaseState::Unknown(entry, Box::new(attempt))));
            }
            (EntryState::Failed, _) if terms.max_failures.is_some() => {}
            (EntryState::Running | EntryState::Done | EntryState::Failed, _) if purchase.key.is_none() => {
                return Ok(Some(PurchaseState::Task(entry)));
            }
            _ => {}
        }
    }
    Ok(None)
}

/// Returns the entry with its current attempt. The entry becomes unknown if the process of that attempt has died, or if nothing was
/// heard of it for as long as the lease, which then stays. An entry without the task that its state implies is an error.
pub(crate) fn refresh(rows: &mut dyn Rows, entry: Entry) -> Result<(Entry, Option<Attempt>), LedgerError> {
    let (entry, attempt) = with_attempt(rows, entry)?;
    match attempt {
        Some(attempt) if is_abandoned(rows, &entry, &attempt)? => sweep(rows, entry.id),
        attempt => Ok((entry, attempt)),
    }
}

fn with_attempt(rows: &mut dyn Rows, entry: Entry) -> Result<(Entry, Option<Attempt>), LedgerError> {
    if entry.state.has_task() && entry.task.is_none() {
        return Err(damaged("an entry lacks its task"));
    }
    let Some(id) = entry.attempt else { return Ok((entry, None)) };
    let attempt = rows.attempt(id)?.ok_or_else(|| damaged("an entry lacks its attempt"))?;
    Ok((entry, Some(attempt)))
}

fn is_abandoned(rows: &mut dyn Rows, entry: &Entry, attempt: &Attempt) -> Result<bool, LedgerError> {
    Ok(entry.state == EntryState::Posting && !rows.is_alive(attempt)?)
}

/// Makes an abandoned entry unknown. It is read again first, since one from a list may have been settled in the meantime.
fn sweep(rows: &mut dyn Rows, id: EntryId) -> Result<(Entry, Option<Attempt>), LedgerError> {
    let vanished = || LedgerError::refused("the entry was purged while it was read");
    let entry = rows.entry(id)?.ok_or_else(vanished)?;
    let (mut entry, mut attempt) = with_attempt(rows, entry)?;
    if let Some(attempt) = &mut attempt
        && is_abandoned(rows, &entry, attempt)?
    {
        attempt.state = AttemptState::Unknown;
        let evidence = if rows.is_surely_dead(attempt)? {
            attempt.lease = None;
            "the process that sent it has ended"
        } else {
            "nothing was heard of the process that sent it for as long as its lease"
        };
        attempt.evidence = Some(evidence.to_owned());
        entry.state = EntryState::Unknown;
        write(rows, &mut entry, attempt)?;
        events::expired(&entry.purchase.operation);
    }
    Ok((entry, attempt))
}
