//! Whether a purchase may be posted, and what stands in the way.

use super::{damaged, write};
use crate::ledger::{Attempt, AttemptId, AttemptState, Entry, EntryId, LedgerError, Purchase, Rows, State};

/// What a caller accepts beyond the plain rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terms {
    /// An entry whose task has failed may be posted again.
    pub after_failure: bool,
    /// This attempt, whose outcome is unknown, may be charged twice.
    pub consent: Option<AttemptId>,
}

/// How a purchase stands: whether it may be posted, or what stands in the way.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// It may be posted, as an attempt of this entry where there is one.
    Ready(Option<EntryId>),
    /// An attempt of this entry may reach the service; `here`: by this process.
    Posting {
        /// The entry.
        entry: Entry,
        /// Whether this process makes the attempt and its end is worth waiting for.
        here: bool,
    },
    /// The outcome of this attempt of the entry is unknown.
    Unknown(Entry, Attempt),
    /// It became a task.
    Task(Entry),
    /// The key stands for a different request.
    OtherRequest(Entry),
}

/// Decides whether a purchase may be posted. `at`: the entry that the caller's send belongs to, once it has one.
pub fn look_up(
    rows: &mut dyn Rows,
    purchase: &Purchase,
    at: Option<EntryId>,
    terms: Terms,
) -> Result<Standing, LedgerError> {
    let standing = match find(rows, purchase, at)? {
        Some(entry) => stands(rows, purchase, entry, terms)?,
        None => Standing::Ready(None),
    };
    match standing {
        Standing::Ready(own) => Ok(obstacle(rows, purchase, own, terms)?.unwrap_or(standing)),
        _ => Ok(standing),
    }
}

fn find(rows: &mut dyn Rows, purchase: &Purchase, at: Option<EntryId>) -> Result<Option<Entry>, LedgerError> {
    if let Some(id) = at {
        // Ids are never used again: a new search might find nothing, and pay for what another send was given.
        let gone = || LedgerError::refused("the entry was purged while a send waited for it");
        return rows.entry(id)?.ok_or_else(gone).map(Some);
    }
    if let Some(key) = &purchase.key {
        return rows.entry_by_key(&purchase.account, &purchase.operation, key);
    }
    let open = rows.open_entries(&purchase.account, &purchase.operation, &purchase.fingerprint)?;
    Ok(open.into_iter().min_by_key(|entry| match entry.state {
        State::Posting | State::Unknown => 0,
        State::Running | State::Done | State::Failed => 1,
        State::Ready => 2,
    }))
}

fn stands(rows: &mut dyn Rows, purchase: &Purchase, entry: Entry, terms: Terms) -> Result<Standing, LedgerError> {
    let (entry, attempt) = refresh(rows, entry)?;
    Ok(match (entry.state, attempt) {
        (State::Ready, _) => Standing::Ready(Some(entry.id)),
        (State::Failed, attempt) if terms.after_failure => match attempt {
            // The task that failed may be an earlier attempt's, while the current one is still open.
            Some(attempt) if attempt.state == AttemptState::Posting && rows.is_alive(&attempt)? => {
                Standing::Posting { here: attempt.holder == rows.holder(), entry }
            }
            Some(attempt)
                if matches!(attempt.state, AttemptState::Posting | AttemptState::Unknown)
                    && terms.consent != Some(attempt.id) =>
            {
                Standing::Unknown(entry, attempt)
            }
            // Without a key, the next purchase is another entry.
            _ => Standing::Ready(entry.purchase.key.is_some().then_some(entry.id)),
        },
        _ if entry.purchase.fingerprint.differs_from(&purchase.fingerprint) => Standing::OtherRequest(entry),
        (State::Posting, Some(attempt)) => Standing::Posting { here: attempt.holder == rows.holder(), entry },
        (State::Unknown, Some(attempt)) if terms.consent == Some(attempt.id) => {
            // Another attempt of the same key; without a key, another entry.
            Standing::Ready(entry.purchase.key.is_some().then_some(entry.id))
        }
        (State::Unknown, Some(attempt)) => Standing::Unknown(entry, attempt),
        (State::Running | State::Done | State::Failed, _) => Standing::Task(entry),
        (State::Posting | State::Unknown, None) => return Err(damaged("an entry lacks its attempt")),
    })
}

/// Another equal entry without a key stands in the way of every send while it is posting or unknown. Its task that no caller
/// was given is the answer to a send without a key.
fn obstacle(
    rows: &mut dyn Rows,
    purchase: &Purchase,
    own: Option<EntryId>,
    terms: Terms,
) -> Result<Option<Standing>, LedgerError> {
    for entry in rows.open_entries(&purchase.account, &purchase.operation, &purchase.fingerprint)? {
        if Some(entry.id) == own {
            continue;
        }
        let (entry, attempt) = refresh(rows, entry)?;
        match (entry.state, attempt) {
            (State::Posting, Some(attempt)) => {
                // What becomes of it is the answer to an equal send, but not to one with a key.
                let here = purchase.key.is_none() && attempt.holder == rows.holder();
                return Ok(Some(Standing::Posting { entry, here }));
            }
            (State::Unknown, Some(attempt)) if terms.consent != Some(attempt.id) => {
                return Ok(Some(Standing::Unknown(entry, attempt)));
            }
            (State::Failed, _) if terms.after_failure => {}
            (State::Running | State::Done | State::Failed, _) if purchase.key.is_none() => {
                return Ok(Some(Standing::Task(entry)));
            }
            _ => {}
        }
    }
    Ok(None)
}

/// The entry with its current attempt; an error where the entry has a task by its state only. Where the process that posted it has died, it is unknown from now on.
pub(crate) fn refresh(rows: &mut dyn Rows, mut entry: Entry) -> Result<(Entry, Option<Attempt>), LedgerError> {
    if entry.state.has_task() && entry.task.is_none() {
        return Err(damaged("an entry lacks its task"));
    }
    let Some(id) = entry.attempt else { return Ok((entry, None)) };
    let Some(mut attempt) = rows.attempt(id)? else { return Err(damaged("an entry lacks its attempt")) };
    if entry.state == State::Posting && !rows.is_alive(&attempt)? {
        attempt.state = AttemptState::Unknown;
        attempt.evidence = Some("the process that sent it has ended".to_owned());
        entry.state = State::Unknown;
        write(rows, &mut entry, &attempt)?;
    }
    Ok((entry, Some(attempt)))
}
