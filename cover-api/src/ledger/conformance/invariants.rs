//! Invariants of the rows of a ledger, independent of the model.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bytes::Bytes;

use super::{Mismatch, ensure};
use crate::ledger::{
    Attempt, AttemptId, AttemptState, Entry, EntryId, EntryState, Filter, LedgerError, Purchase, Rows, Settlement,
    TaskSource, Terms,
};

/// All rows of one account and operation.
#[derive(Default, Clone)]
pub(super) struct Dump {
    pub(super) entries: BTreeMap<EntryId, Entry>,
    pub(super) attempts: HashMap<AttemptId, Attempt>,
    pub(super) answers: HashMap<AttemptId, Bytes>,
    pub(super) open: Vec<Entry>,
    pub(super) unfinished: Vec<Entry>,
    pub(super) duplicates: Vec<Attempt>,
}

impl Dump {
    pub(super) fn read(
        rows: &mut dyn Rows,
        account: &str,
        operation: &str,
        entries: &[EntryId],
        attempts: &[AttemptId],
    ) -> Result<Self, LedgerError> {
        let mut dump = Self::default();
        for id in entries {
            dump.entries.extend(rows.entry(*id)?.map(|entry| (*id, entry)));
        }
        for id in attempts {
            dump.attempts.extend(rows.attempt(*id)?.map(|attempt| (*id, attempt)));
            dump.answers.extend(rows.answer(*id)?.map(|answer| (*id, answer)));
        }
        // Lists are read in pages of three.
        for (filter, list) in [(Filter::Open, &mut dump.open), (Filter::Unfinished, &mut dump.unfinished)] {
            loop {
                let after = list.last().map_or(EntryId(0), |entry: &Entry| entry.id);
                let page = rows.entries(account, operation, filter, after, 3)?;
                let is_last = page.len() < 3;
                list.extend(page);
                if is_last {
                    break;
                }
            }
        }
        dump.duplicates = rows.duplicates(account, operation)?;
        Ok(dump)
    }

    fn attempts_of(&self, entry: EntryId) -> impl Iterator<Item = &Attempt> {
        self.attempts.values().filter(move |attempt| attempt.entry == entry)
    }

    /// Returns the latest attempt of an entry that may have created a task other than a second charge.
    fn latest_of(&self, entry: EntryId) -> Option<&Attempt> {
        let counts = |attempt: &&Attempt| attempt.state != AttemptState::NotCreated && !attempt.duplicate;
        self.attempts_of(entry).filter(counts).max_by_key(|attempt| attempt.number)
    }
}

/// The effect of a step, as far as invariants depend on it.
pub(super) enum Step {
    /// An attempt was recorded for an entry.
    Recorded(AttemptId, EntryId, Purchase, Terms),
    Settled(AttemptId, Settlement),
    NotCharged(AttemptId),
    Lost(String),
    Purged,
    Other,
}

/// State that cannot be read from the rows.
#[derive(Default)]
pub(super) struct Invariants {
    /// Attempts of entries without a key that a caller accepted as a possible second charge, with the entries posted then.
    /// They are excused while one of those may have created something, and no longer.
    accepted: HashMap<AttemptId, BTreeSet<EntryId>>,
    /// Attempts that may be charged twice, since another entry guarded in their place.
    excused: HashSet<AttemptId>,
}

impl Invariants {
    pub(super) fn check(&mut self, before: &Dump, after: &Dump, step: &Step) -> Result<(), Mismatch> {
        Self::rows_agree(after)?;
        Self::nothing_is_forgotten(before, after, step)?;
        Self::answers_wait_for_their_callers(before, after)?;
        Self::only_proof_makes_ready(before, after, step)?;
        match step {
            Step::Recorded(attempt, entry, purchase, terms) => {
                self.money_rule(before, purchase, *terms, *attempt, *entry)?;
                // Consent to an attempt with a task has no effect, even if the task is lost later.
                let is_unknown = |entry: &Entry| entry.state == EntryState::Unknown && entry.attempt == terms.consent;
                if let Some(accepted) = terms.consent.filter(|_| before.entries.values().any(is_unknown)) {
                    self.accepted.entry(accepted).or_default().insert(*entry);
                }
            }
            Step::Settled(attempt, Settlement::NotCreated { .. } | Settlement::Unknown { .. }) => {
                Self::earlier_attempts_change_nothing(before, after, *attempt)?;
            }
            _ => {}
        }
        self.excuse_the_purged(before, after);
        for entries in self.accepted.values_mut() {
            // What was posted then created nothing. Later attempts of the entry are not those that were accepted.
            entries.retain(|entry| after.latest_of(*entry).is_some());
        }
        self.all_are_guarded(after)
    }

    /// Returns whether an attempt of an entry without a key need not guard against equal requests.
    fn is_excused(&self, dump: &Dump, id: AttemptId) -> bool {
        let accepted = self.accepted.get(&id).into_iter().flatten();
        self.excused.contains(&id) || accepted.into_iter().any(|entry| dump.latest_of(*entry).is_some())
    }

    /// Checks that no earlier attempt of the same purchase may have created an undelivered task.
    fn money_rule(
        &self,
        before: &Dump,
        purchase: &Purchase,
        terms: Terms,
        id: AttemptId,
        own: EntryId,
    ) -> Result<(), Mismatch> {
        for entry in before.entries.values() {
            let is_equal = entry.purchase.key.is_none() && entry.purchase.fingerprint == purchase.fingerprint;
            let is_own = entry.id == own;
            if !is_own && !is_equal {
                continue;
            }
            let may_repeat = entry.state == EntryState::Failed && terms.max_failures.is_some();
            // Those before the latest were settled, accepted or ended when that one was recorded.
            let latest = before.latest_of(entry.id).filter(|_| is_own || Filter::Open.has(entry));
            let open = latest.filter(|latest| {
                let is_open = matches!(latest.state, AttemptState::Posting | AttemptState::Unknown);
                let is_excused = !is_own && self.is_excused(before, latest.id);
                is_open && terms.consent != Some(latest.id) && !is_excused
            });
            ensure(open.is_none(), || {
                format!("{id} was recorded, although {} is open", open.map_or(id, |open| open.id))
            })?;
            let has_answer = entry.state.has_task() && !may_repeat;
            let answers = has_answer && (is_own || (purchase.key.is_none() && !entry.delivered));
            ensure(!answers, || format!("{id} was recorded, although there is the task {:?}", entry.task))?;
        }
        Ok(())
    }

    /// A purge takes only what has ended, so that whatever it took had created something, or is empty and accepted nothing.
    fn excuse_the_purged(&mut self, before: &Dump, after: &Dump) {
        for (accepted, entries) in &self.accepted {
            let is_over = |id: &&EntryId| before.entries.contains_key(id) && !after.entries.contains_key(id);
            if entries.iter().filter(is_over).any(|id| before.latest_of(*id).is_some()) {
                self.excused.insert(*accepted);
            }
        }
    }

    /// Checks that an open entry without a key guards against equal requests. It need not if a caller accepted a second charge that
    /// may have happened, or if an equal entry guards.
    fn all_are_guarded(&mut self, after: &Dump) -> Result<(), Mismatch> {
        let unkeyed = |entry: &&Entry| entry.purchase.key.is_none();
        for entry in after.open.iter().filter(unkeyed).filter(|entry| entry.consent) {
            let Some(attempt) = entry.attempt.filter(|attempt| !self.is_excused(after, *attempt)) else { continue };
            let is_equal = |other: &Entry| other.id != entry.id && other.purchase == entry.purchase && !other.consent;
            ensure(after.open.iter().any(is_equal), || format!("nothing guards the entry {}: {entry:?}", entry.id.0))?;
            self.excused.insert(attempt);
        }
        Ok(())
    }

    fn earlier_attempts_change_nothing(before: &Dump, after: &Dump, id: AttemptId) -> Result<(), Mismatch> {
        let Some(attempt) = before.attempts.get(&id) else { return Ok(()) };
        let (old, new) = (&before.entries[&attempt.entry], &after.entries[&attempt.entry]);
        let is_same = Entry { changed: old.changed, ..new.clone() } == *old;
        ensure(is_same || old.attempt == Some(id), || format!("{id} is not the current attempt, but changed its entry"))
    }

    /// Checks that posting and unknown entries become ready only by proof about their current attempt.
    fn only_proof_makes_ready(before: &Dump, after: &Dump, step: &Step) -> Result<(), Mismatch> {
        let proven = match step {
            Step::Settled(attempt, Settlement::NotCreated { .. }) | Step::NotCharged(attempt) => Some(*attempt),
            _ => None,
        };
        for (id, new) in &after.entries {
            let Some(old) = before.entries.get(id) else { continue };
            let became_ready = old.state != EntryState::Ready && new.state == EntryState::Ready;
            let is_proven = Filter::Open.has(old) && proven.is_some() && old.attempt == proven;
            ensure(!became_ready || is_proven, || format!("the entry {} became ready without proof", id.0))?;
        }
        Ok(())
    }

    /// Checks that a task from a reply stays with its attempt, and that only purges remove rows.
    fn nothing_is_forgotten(before: &Dump, after: &Dump, step: &Step) -> Result<(), Mismatch> {
        for (id, old) in &before.entries {
            if after.entries.contains_key(id) {
                continue;
            }
            let is_over = (old.state.has_ended() && old.delivered) || old.state == EntryState::Ready;
            ensure(matches!(step, Step::Purged) && is_over, || format!("the entry {} vanished", id.0))?;
        }
        for (id, old) in &before.attempts {
            let Some(new) = after.attempts.get(id) else {
                let is_purged = !after.entries.contains_key(&old.entry);
                ensure(is_purged, || format!("the attempt {id} vanished"))?;
                continue;
            };
            let is_lost = matches!(step, Step::Lost(task) if old.task.as_ref() == Some(task));
            let is_kept = old.source != Some(TaskSource::Reply) || (new.task == old.task && new.source == old.source);
            ensure(is_kept || is_lost, || format!("{id} forgot its task {:?}", old.task))?;
        }
        Ok(())
    }

    /// Checks that an answer stays until a caller without a key has it, or its entry is purged.
    fn answers_wait_for_their_callers(before: &Dump, after: &Dump) -> Result<(), Mismatch> {
        let is_received = |entry: &Entry| entry.delivered && entry.purchase.key.is_none();
        let entry_of = |id: &AttemptId| after.entries.get(&after.attempts.get(id)?.entry);
        for id in after.answers.keys() {
            let is_due = entry_of(id).is_some_and(|entry| !is_received(entry));
            ensure(is_due, || format!("the answer of {id} is kept for nobody"))?;
        }
        for id in before.answers.keys().filter(|id| !after.answers.contains_key(id)) {
            ensure(entry_of(id).is_none_or(is_received), || format!("the answer of {id} vanished"))?;
        }
        Ok(())
    }

    fn rows_agree(after: &Dump) -> Result<(), Mismatch> {
        let mut tasks = BTreeSet::new();
        for attempt in after.attempts.values() {
            let (id, has_task) = (attempt.id, attempt.task.is_some());
            let is_task = attempt.state == AttemptState::Task;
            ensure(has_task == is_task && has_task == attempt.source.is_some(), || format!("{id} is half a task"))?;
            ensure(has_task || !attempt.duplicate, || format!("{id} duplicates nothing"))?;
            ensure(attempt.task.iter().all(|task| tasks.insert(task)), || format!("{:?} is of two", attempt.task))?;
        }
        let mut guards = HashSet::new();
        for (id, entry) in &after.entries {
            let named = |what: &str| format!("the entry {} {what}: {entry:?}", id.0);
            let current = entry.attempt.and_then(|id| after.attempts.get(&id));
            let state = current.map(|attempt| attempt.state);
            let is_true = match entry.state {
                EntryState::Posting => state == Some(AttemptState::Posting),
                EntryState::Unknown => state == Some(AttemptState::Unknown),
                EntryState::Ready => state == Some(AttemptState::NotCreated),
                EntryState::Running | EntryState::Done | EntryState::Failed => true,
            };
            ensure(is_true, || named("does not stand as its current attempt does"))?;
            let latest = after.latest_of(*id).map(|attempt| attempt.id);
            ensure(latest.is_none() || latest == entry.attempt, || named("forgot an attempt that counts"))?;
            ensure(latest.is_none() || entry.state != EntryState::Ready, || {
                named("is ready, although an attempt counts")
            })?;
            ensure(entry.state.has_task() == entry.task.is_some(), || named("is half a task"))?;
            let mut of_task = after.attempts_of(*id).filter(|attempt| attempt.task == entry.task && !attempt.duplicate);
            ensure(entry.task.is_none() || of_task.next().is_some(), || named("has a task that no attempt made"))?;
            if entry.purchase.key.is_none() && Filter::Open.has(entry) && !entry.consent {
                ensure(guards.insert(entry.purchase.fingerprint), || named("is the second of its kind that is open"))?;
            }
        }
        for (filter, listed) in [(Filter::Open, &after.open), (Filter::Unfinished, &after.unfinished)] {
            let wanted: Vec<&Entry> = after.entries.values().filter(|entry| filter.has(entry)).collect();
            ensure(listed.iter().eq(wanted.iter().copied()), || {
                format!("the list {filter:?} is {listed:?}, and not {wanted:?}")
            })?;
        }
        let mut wanted: Vec<&Attempt> = after.attempts.values().filter(|attempt| attempt.duplicate).collect();
        let mut listed: Vec<&Attempt> = after.duplicates.iter().collect();
        ensure(listed.is_sorted_by_key(|attempt| attempt.entry), || "the duplicates are not in order".to_owned())?;
        for list in [&mut wanted, &mut listed] {
            list.sort_by_key(|attempt| attempt.id.0);
        }
        ensure(listed == wanted, || format!("the duplicates are {listed:?}, and not {wanted:?}"))
    }
}
