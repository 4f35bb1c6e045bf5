//! What must hold of the rows of a ledger, whatever the model says.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{Broken, ensure};
use crate::ledger::{
    Attempt, AttemptId, AttemptState, Entry, EntryId, Filter, LedgerError, Purchase, Rows, Settlement, Source, State,
    Terms,
};

/// What the ledger has of one account and operation.
#[derive(Default, Clone)]
pub(super) struct Dump {
    pub(super) entries: BTreeMap<EntryId, Entry>,
    pub(super) attempts: HashMap<AttemptId, Attempt>,
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
        }
        // In pages of three, as a caller would read them.
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

    /// The latest attempt of an entry that may have become a task, or whose task is no second charge.
    fn latest_of(&self, entry: EntryId) -> Option<&Attempt> {
        let counts = |attempt: &&Attempt| attempt.state != AttemptState::NotCreated && !attempt.duplicate;
        self.attempts_of(entry).filter(counts).max_by_key(|attempt| attempt.number)
    }
}

/// What a step did, as far as it matters here.
pub(super) enum Step {
    /// An attempt was recorded for an entry.
    Recorded(AttemptId, EntryId, Purchase, Terms),
    Settled(AttemptId, Settlement),
    NotCharged(AttemptId),
    Lost(String),
    Purged,
    Other,
}

/// Holds what cannot be read from the rows.
#[derive(Default)]
pub(super) struct Invariants {
    /// Attempts of entries without a key that somebody accepted to pay for twice, with the entries that were posted then.
    /// They are excused while one of those may have created something, and no longer.
    accepted: HashMap<AttemptId, BTreeSet<EntryId>>,
    /// Attempts that may be paid for twice: another entry guarded in their place.
    excused: HashSet<AttemptId>,
}

impl Invariants {
    pub(super) fn check(&mut self, before: &Dump, after: &Dump, step: &Step) -> Result<(), Broken> {
        Self::rows_agree(after)?;
        Self::nothing_is_forgotten(before, after, step)?;
        Self::only_proof_makes_ready(before, after, step)?;
        match step {
            Step::Recorded(attempt, entry, purchase, terms) => {
                self.money_rule(before, purchase, *terms, *attempt, *entry)?;
                // Accepting what has a task is no consent, and stays none where the task is lost.
                let is_unknown = |entry: &Entry| entry.state == State::Unknown && entry.attempt == terms.consent;
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

    /// Whether an attempt of an entry without a key need not stand in the way of an equal one.
    fn is_excused(&self, dump: &Dump, id: AttemptId) -> bool {
        let accepted = self.accepted.get(&id).into_iter().flatten();
        self.excused.contains(&id) || accepted.into_iter().any(|entry| dump.latest_of(*entry).is_some())
    }

    /// An attempt may be posted only where nothing that was posted for the same purchase may have become a task that nobody
    /// was given.
    fn money_rule(
        &self,
        before: &Dump,
        purchase: &Purchase,
        terms: Terms,
        id: AttemptId,
        own: EntryId,
    ) -> Result<(), Broken> {
        for entry in before.entries.values() {
            let is_equal = entry.purchase.key.is_none() && entry.purchase.fingerprint == purchase.fingerprint;
            let is_own = entry.id == own;
            if !is_own && !is_equal {
                continue;
            }
            let may_repeat = entry.state == State::Failed && terms.after_failure;
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

    /// An open entry without a key stands in the way of others, unless somebody accepted to pay for it twice and something may
    /// have come of that, or an equal one guards: the contract has one guard at a time.
    fn all_are_guarded(&mut self, after: &Dump) -> Result<(), Broken> {
        let unkeyed = |entry: &&Entry| entry.purchase.key.is_none();
        for entry in after.open.iter().filter(unkeyed).filter(|entry| entry.consent) {
            let Some(attempt) = entry.attempt.filter(|attempt| !self.is_excused(after, *attempt)) else { continue };
            let is_equal = |other: &Entry| other.id != entry.id && other.purchase == entry.purchase && !other.consent;
            ensure(after.open.iter().any(is_equal), || format!("nothing guards the entry {}: {entry:?}", entry.id.0))?;
            self.excused.insert(attempt);
        }
        Ok(())
    }

    fn earlier_attempts_change_nothing(before: &Dump, after: &Dump, id: AttemptId) -> Result<(), Broken> {
        let Some(attempt) = before.attempts.get(&id) else { return Ok(()) };
        let (old, new) = (&before.entries[&attempt.entry], &after.entries[&attempt.entry]);
        let is_same = Entry { changed: old.changed, ..new.clone() } == *old;
        ensure(is_same || old.attempt == Some(id), || format!("{id} is not the current attempt, but changed its entry"))
    }

    /// Posting and unknown entries become ready only by what is known of their current attempt.
    fn only_proof_makes_ready(before: &Dump, after: &Dump, step: &Step) -> Result<(), Broken> {
        let proven = match step {
            Step::Settled(attempt, Settlement::NotCreated { .. }) | Step::NotCharged(attempt) => Some(*attempt),
            _ => None,
        };
        for (id, new) in &after.entries {
            let Some(old) = before.entries.get(id) else { continue };
            let became_ready = old.state != State::Ready && new.state == State::Ready;
            let is_proven = Filter::Open.has(old) && proven.is_some() && old.attempt == proven;
            ensure(!became_ready || is_proven, || format!("the entry {} became ready without proof", id.0))?;
        }
        Ok(())
    }

    /// A task that a reply gave stays with its attempt, and nothing goes but what a purge may take.
    fn nothing_is_forgotten(before: &Dump, after: &Dump, step: &Step) -> Result<(), Broken> {
        for (id, old) in &before.entries {
            if after.entries.contains_key(id) {
                continue;
            }
            let is_over = (old.state.has_ended() && old.delivered) || old.state == State::Ready;
            ensure(matches!(step, Step::Purged) && is_over, || format!("the entry {} vanished", id.0))?;
        }
        for (id, old) in &before.attempts {
            let Some(new) = after.attempts.get(id) else {
                let is_purged = !after.entries.contains_key(&old.entry);
                ensure(is_purged, || format!("the attempt {id} vanished"))?;
                continue;
            };
            let is_lost = matches!(step, Step::Lost(task) if old.task.as_ref() == Some(task));
            let is_kept = old.source != Some(Source::Reply) || (new.task == old.task && new.source == old.source);
            ensure(is_kept || is_lost, || format!("{id} forgot its task {:?}", old.task))?;
        }
        Ok(())
    }

    fn rows_agree(after: &Dump) -> Result<(), Broken> {
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
                State::Posting => state == Some(AttemptState::Posting),
                State::Unknown => state == Some(AttemptState::Unknown),
                State::Ready => state == Some(AttemptState::NotCreated),
                State::Running | State::Done | State::Failed => true,
            };
            ensure(is_true, || named("does not stand as its current attempt does"))?;
            let latest = after.latest_of(*id).map(|attempt| attempt.id);
            ensure(latest.is_none() || latest == entry.attempt, || named("forgot an attempt that counts"))?;
            ensure(latest.is_none() || entry.state != State::Ready, || named("is ready, although an attempt counts"))?;
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
