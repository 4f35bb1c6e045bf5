//! A model of the ledger, written from the contract: the state of an entry follows from its attempts.
//!
//! It shares no code with the rules. They store the state of an entry and change it. The model stores only the state of each
//! attempt, and derives the rest.

mod change;

use std::collections::{BTreeMap, HashSet};

use bytes::Bytes;

use crate::ledger::{AttemptId, AttemptState, EntryId, EntryState, Purchase, TaskSource, Terms};

/// The index of an attempt, in the order of recording.
pub(super) type AttemptIndex = usize;
/// The index of a process, in the order of starting.
pub(super) type Process = usize;

#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct ModelAttempt {
    pub(super) id: AttemptId,
    pub(super) entry: EntryId,
    pub(super) process: Process,
    pub(super) state: AttemptState,
    pub(super) task: Option<(String, TaskSource)>,
    pub(super) answer: Option<Bytes>,
    /// The price, in thousandths of a credit.
    pub(super) cost: u64,
    /// Its task failed, and the entry was posted again.
    is_superseded: bool,
    /// Its process abandoned it without settling it.
    pub(super) is_abandoned: bool,
    /// Its lease has not ended.
    pub(super) is_leased: bool,
    /// It was purged.
    pub(super) is_purged: bool,
}

pub(super) struct ModelEntry {
    pub(super) purchase: Purchase,
    pub(super) attempts: Vec<AttemptIndex>,
    pub(super) current: AttemptIndex,
    /// The attempt whose task is the task of the entry.
    pub(super) task_attempt: Option<AttemptIndex>,
    /// The attempt of another entry for which a caller gave consent when none of this entry counted.
    accepted_instead: Option<AttemptIndex>,
    ended: Option<EntryState>,
    pub(super) delivered: bool,
    /// Whether it has no key and does not guard against equal requests while it is open.
    pub(super) waived: bool,
}

/// The expected state of a purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ExpectedState {
    Ready(Option<EntryId>),
    Posting(EntryId, bool),
    Unknown(EntryId, AttemptIndex),
    Task(EntryId),
    /// This number of its tasks have failed, which is the limit or more.
    Exhausted(EntryId, u32),
    OtherRequest(EntryId),
    /// The entry of the send was purged.
    Gone,
}

/// The expected effect of a settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ExpectedSettlement {
    Recorded,
    Duplicate,
    Contradicted,
    Missing,
}

#[derive(Default)]
pub(super) struct Model {
    pub(super) entries: BTreeMap<EntryId, ModelEntry>,
    pub(super) attempts: Vec<ModelAttempt>,
    pub(super) dead: HashSet<Process>,
}

impl Model {
    /// Returns whether an attempt that is posting may still reach the service, from the point of view of a process.
    fn is_alive(&self, index: AttemptIndex, viewer: Process) -> bool {
        let attempt = &self.attempts[index];
        !(self.dead.contains(&attempt.process) || (attempt.is_abandoned && attempt.process == viewer))
    }

    /// Returns whether the process of an attempt may still send it, from the point of view of a process. No lease runs out.
    pub(super) fn may_be_sent(&self, index: AttemptIndex, viewer: Process) -> bool {
        self.attempts[index].is_leased && self.is_alive(index, viewer)
    }

    /// Returns whether its process has abandoned it or has ended.
    pub(super) fn is_lost(&self, index: AttemptIndex) -> bool {
        self.attempts[index].is_abandoned || self.dead.contains(&self.attempts[index].process)
    }

    /// Returns the stored state of an entry.
    pub(super) fn stored_state(&self, id: EntryId) -> EntryState {
        let entry = &self.entries[&id];
        match (entry.task_attempt, self.attempts[entry.current].state) {
            (Some(_), _) => entry.ended.unwrap_or(EntryState::Running),
            (None, AttemptState::Posting) => EntryState::Posting,
            // If the current attempt has a task, so has the entry.
            (None, AttemptState::Unknown | AttemptState::Task) => EntryState::Unknown,
            (None, AttemptState::NotCreated) => EntryState::Ready,
        }
    }

    /// Returns the state of an entry for a process, which knows which processes are alive.
    pub(super) fn state_for(&self, id: EntryId, viewer: Process) -> EntryState {
        match self.stored_state(id) {
            EntryState::Posting if !self.is_alive(self.entries[&id].current, viewer) => EntryState::Unknown,
            state => state,
        }
    }

    /// Returns what a process has spent, or all processes, in thousandths of a credit. Purged attempts stay charged.
    pub(super) fn spent(&self, of: Option<Process>) -> u64 {
        let counts = |attempt: &&ModelAttempt| {
            attempt.state != AttemptState::NotCreated && of.is_none_or(|process| process == attempt.process)
        };
        self.attempts.iter().filter(counts).map(|attempt| attempt.cost).sum()
    }

    pub(super) fn task(&self, id: EntryId) -> Option<&str> {
        self.task_of(self.entries[&id].task_attempt?)
    }

    fn task_of(&self, index: AttemptIndex) -> Option<&str> {
        self.attempts[index].task.as_ref().map(|(task, _)| task.as_str())
    }

    pub(super) fn owner(&self, task: &str) -> Option<AttemptIndex> {
        (0..self.attempts.len()).find(|index| !self.attempts[*index].is_purged && self.task_of(*index) == Some(task))
    }

    /// Returns the tasks of all attempts.
    pub(super) fn tasks(&self) -> impl Iterator<Item = &str> {
        self.attempts
            .iter()
            .filter(|attempt| !attempt.is_purged)
            .filter_map(|attempt| Some(attempt.task.as_ref()?.0.as_str()))
    }

    pub(super) fn by_key(&self, key: &str) -> Option<EntryId> {
        self.entries.iter().find(|(_, entry)| entry.purchase.key.as_deref() == Some(key)).map(|(id, _)| *id)
    }

    pub(super) fn is_duplicate(&self, index: AttemptIndex) -> bool {
        let attempt = &self.attempts[index];
        attempt.task.is_some()
            && !attempt.is_purged
            && !attempt.is_superseded
            && self.entries[&attempt.entry].task_attempt != Some(index)
    }

    fn has_duplicate(&self, id: EntryId) -> bool {
        self.entries[&id].attempts.iter().any(|index| self.is_duplicate(*index))
    }

    pub(super) fn duplicates(&self) -> Vec<AttemptIndex> {
        self.entries
            .values()
            .flat_map(|entry| &entry.attempts)
            .copied()
            .filter(|index| self.is_duplicate(*index))
            .collect()
    }

    /// Returns the equal entries without a key that affect an equal send.
    pub(super) fn equals(&self, purchase: &Purchase) -> Vec<EntryId> {
        let concerns = |(id, entry): &(&EntryId, &ModelEntry)| {
            let is_equal = entry.purchase.key.is_none() && entry.purchase.fingerprint == purchase.fingerprint;
            is_equal && !entry.waived && !(self.stored_state(**id).has_task() && entry.delivered)
        };
        self.entries.iter().filter(concerns).map(|(id, _)| *id).collect()
    }

    pub(super) fn expected_state(
        &self,
        purchase: &Purchase,
        at: Option<EntryId>,
        terms: Terms,
        viewer: Process,
    ) -> ExpectedState {
        if at.is_some_and(|id| !self.entries.contains_key(&id)) {
            return ExpectedState::Gone;
        }
        let own = at.or_else(|| match &purchase.key {
            Some(key) => self.by_key(key),
            None => self.nearest(purchase),
        });
        let ready = match own {
            Some(id) => match self.expected_state_of(id, purchase, terms, viewer) {
                ExpectedState::Ready(own) => own,
                expected_state => return expected_state,
            },
            None => None,
        };
        for id in self.equals(purchase).into_iter().filter(|id| ready != Some(*id)) {
            match (self.state_for(id, viewer), self.entries[&id].current) {
                (EntryState::Posting, current) => {
                    return ExpectedState::Posting(id, self.attempts[current].process == viewer);
                }
                (EntryState::Unknown, current) if !self.accepts(terms, current, viewer) => {
                    return ExpectedState::Unknown(id, current);
                }
                (EntryState::Failed, _) if terms.max_failures.is_some() => {}
                (EntryState::Running | EntryState::Done | EntryState::Failed, _) if purchase.key.is_none() => {
                    return ExpectedState::Task(id);
                }
                _ => {}
            }
        }
        ExpectedState::Ready(ready)
    }

    fn accepts(&self, terms: Terms, index: AttemptIndex, viewer: Process) -> bool {
        terms.consent == Some(self.attempts[index].id) && !self.may_be_sent(index, viewer)
    }

    /// Returns the entry that a send without a key continues.
    fn nearest(&self, purchase: &Purchase) -> Option<EntryId> {
        let equals = self.equals(purchase);
        let first = |of: &[EntryState]| equals.iter().copied().find(|id| of.contains(&self.stored_state(*id)));
        first(&[EntryState::Posting, EntryState::Unknown])
            .or_else(|| first(&[EntryState::Running, EntryState::Done, EntryState::Failed]))
            .or_else(|| first(&[EntryState::Ready]))
    }

    /// Returns how many tasks of an entry have failed, with the current one.
    fn failures(&self, id: EntryId) -> u32 {
        let before = self.entries[&id].attempts.iter().filter(|index| self.attempts[**index].is_superseded);
        before.map(|_| 1).sum::<u32>() + 1
    }

    fn expected_state_of(&self, id: EntryId, purchase: &Purchase, terms: Terms, viewer: Process) -> ExpectedState {
        let entry = &self.entries[&id];
        let current = entry.current;
        let posting = ExpectedState::Posting(id, self.attempts[current].process == viewer);
        match self.state_for(id, viewer) {
            EntryState::Ready => ExpectedState::Ready(Some(id)),
            // The failed task may belong to an earlier attempt, while the current one is still open.
            EntryState::Failed if terms.max_failures.is_some() => match self.attempts[current].state {
                AttemptState::Posting if self.is_alive(current, viewer) => posting,
                AttemptState::Posting | AttemptState::Unknown if !self.accepts(terms, current, viewer) => {
                    ExpectedState::Unknown(id, current)
                }
                // Without a key, the purchase is a new entry.
                _ if entry.purchase.key.is_none() => ExpectedState::Ready(None),
                _ if Some(self.failures(id)) < terms.max_failures => ExpectedState::Ready(Some(id)),
                _ => ExpectedState::Exhausted(id, self.failures(id)),
            },
            _ if entry.purchase.fingerprint != purchase.fingerprint => ExpectedState::OtherRequest(id),
            EntryState::Posting => posting,
            EntryState::Unknown if self.accepts(terms, current, viewer) => {
                ExpectedState::Ready(entry.purchase.key.is_some().then_some(id))
            }
            EntryState::Unknown => ExpectedState::Unknown(id, current),
            EntryState::Running | EntryState::Done | EntryState::Failed => ExpectedState::Task(id),
        }
    }
}
