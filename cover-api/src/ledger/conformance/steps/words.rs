//! Steps that say what became of an attempt or of its task.

use bytes::Bytes;

use super::super::invariants::Step;
use super::super::model::{AttemptIndex, ExpectedSettlement};
use super::super::{Mismatch, ensure};
use super::{OPERATION, Run};
use crate::ledger::{
    self as ledger, AttemptState, EntryId, EntryState, MAX_ANSWER, Resolution, Settled, Settlement, TaskSource,
};

impl Run {
    pub(super) fn attempt(&mut self) -> Option<AttemptIndex> {
        let count = self.model.attempts.len();
        let from = if self.random.is_percent(65) { count.saturating_sub(6) } else { 0 };
        (count > 0).then(|| from + self.random.below(count - from))
    }

    /// A task that an attempt has, or any other.
    pub(super) fn task(&mut self) -> String {
        if self.random.is_percent(self.profile.repeated) {
            let owned: Vec<&str> = self.model.tasks().collect();
            if let Some(task) = self.random.pick(&owned) {
                return (*task).to_owned();
            }
        }
        let from = if self.random.is_percent(70) { self.tasks.len().saturating_sub(5) } else { 0 };
        self.tasks[from + self.random.below(self.tasks.len() - from)].clone()
    }

    pub(super) fn settlement(&mut self, index: AttemptIndex) -> Settlement {
        let truth = self.service.truth[index].clone();
        let task = if self.profile.is_honest || self.random.is_percent(50) { truth.clone() } else { Some(self.task()) };
        let source = if self.profile.is_honest {
            [TaskSource::Reply, TaskSource::Claim][self.random.below(2)]
        } else {
            TaskSource::ALL[self.random.below(3)]
        };
        let evidence = "a step says so".to_owned();
        let is_answer = task.as_ref().is_some_and(|task| *task == self.model.attempts[index].id.to_string());
        let is_answer =
            self.random.is_percent(if is_answer { 80 } else { 10 }) && (is_answer || !self.profile.is_honest);
        match (self.random.below(100), task) {
            (0..55, Some(_)) if is_answer => Settlement::Answer { bytes: self.answer() },
            (0..55, Some(task)) => Settlement::Task { task, source },
            (0..75, _) if !self.profile.is_honest || truth.is_none() => Settlement::NotCreated { evidence },
            _ => Settlement::Unknown { hint: self.random.is_percent(30).then(|| self.task()), evidence },
        }
    }

    /// Returns an answer, which is hardly ever as large as it may be, or larger.
    fn answer(&mut self) -> Bytes {
        if self.random.is_percent(4) {
            return vec![b'.'; MAX_ANSWER + self.random.below(2)].into();
        }
        format!("answer {}", self.random.below(100)).into()
    }

    pub(super) async fn settle(&mut self, slot: usize) -> Result<Step, Mismatch> {
        let Some(index) = self.attempt() else { return Ok(Step::Other) };
        let settlement = self.settlement(index);
        self.tell(slot, &format!("settles a{index}: {settlement:?}"));
        let id = self.model.attempts[index].id;
        let settled = {
            let settlement = settlement.clone();
            self.store(slot).run(move |rows| ledger::settle(rows, id, &settlement)).await?
        };
        let wanted = match &settlement {
            Settlement::Task { task, source } => self.model.settle_task(index, task, *source),
            Settlement::Answer { bytes } => self.model.settle_answer(index, bytes),
            Settlement::NotCreated { .. } => self.model.settle_without(index, AttemptState::NotCreated),
            Settlement::Unknown { .. } => self.model.settle_without(index, AttemptState::Unknown),
        };
        let did = match settled {
            Settled::Recorded(_) => ExpectedSettlement::Recorded,
            Settled::Duplicate(_) => ExpectedSettlement::Duplicate,
            Settled::Contradicted => ExpectedSettlement::Contradicted,
            Settled::Missing => ExpectedSettlement::Missing,
        };
        ensure(did == wanted, || format!("it did {settled:?}, and not {wanted:?}"))?;
        if let Settled::Recorded(entry) | Settled::Duplicate(entry) = settled {
            let row = self.store(slot).run(move |rows| rows.entry(entry.id)).await?;
            let is_same = row.as_ref().is_some_and(|row| row.state == entry.state && row.task == entry.task);
            ensure(is_same, || format!("it returned {entry:?}, and wrote {row:?}"))?;
        }
        if self.model.attempts[index].state != AttemptState::Posting {
            self.finish(index);
        }
        Ok(Step::Settled(id, settlement))
    }

    /// The process of an attempt no longer counts it as under way.
    pub(super) fn finish(&mut self, index: AttemptIndex) -> bool {
        let (id, process) = (self.model.attempts[index].id, self.model.attempts[index].process);
        let Some(running) = self.running.iter().find(|running| running.process == process) else { return false };
        running.store.local().finish(id);
        self.model.attempts[index].is_abandoned = true;
        true
    }

    pub(super) fn vanish(&mut self) -> Step {
        if let Some(index) = self.attempt()
            && self.finish(index)
        {
            self.history.push(format!("a{index} vanishes"));
        }
        Step::Other
    }

    pub(super) async fn deliver(&mut self, slot: usize) -> Result<Step, Mismatch> {
        let Some(id) = self.random.pick(&self.entries).copied() else { return Ok(Step::Other) };
        let own = self.model.entries.get(&id).and_then(|_| self.model.task(id)).map(str::to_owned);
        let task = if self.random.is_percent(80) { own.clone() } else { None };
        let task = task.unwrap_or_else(|| self.task());
        self.tell(slot, &format!("delivers {task} of e{}", id.0));
        if own.as_ref() == Some(&task) {
            self.count_delivered(id, &task);
        }
        self.model.deliver(id, &task);
        self.store(slot).run(move |rows| ledger::deliver(rows, id, &task, false)).await?;
        Ok(Step::Other)
    }

    pub(super) fn count_delivered(&mut self, id: EntryId, task: &str) {
        let purchase = &self.model.entries[&id].purchase;
        if purchase.key.is_none() {
            self.service.delivered.entry(purchase.fingerprint).or_default().insert(task.to_owned());
        }
    }

    pub(super) async fn end(&mut self, slot: usize) -> Result<Step, Mismatch> {
        let task = self.task();
        let state = if self.random.is_percent(50) { EntryState::Done } else { EntryState::Failed };
        self.tell(slot, &format!("ends {task}: {state:?}"));
        if self.model.end(&task, state)
            && let Some(index) = self.model.owner(&task)
        {
            self.count_delivered(self.model.attempts[index].entry, &task);
        }
        let account = self.account.clone();
        let ended = move |rows: &mut dyn ledger::Rows| {
            ledger::end(rows, &account, OPERATION, &task, state, state.name(), false)
        };
        self.store(slot).run(ended).await?;
        Ok(Step::Other)
    }

    pub(super) async fn lose(&mut self, slot: usize) -> Result<Step, Mismatch> {
        let task = self.task();
        self.tell(slot, &format!("loses {task}"));
        let owner = self.model.owner(&task).map(|index| self.model.attempts[index].entry);
        self.model.lose(&task);
        if let Some(id) = owner.filter(|id| self.model.entries[id].waived) {
            // Another entry guards in its place. When that one is settled, nothing does any more: the contract has one guard.
            self.count_delivered(id, &task);
        }
        let (account, lost) = (self.account.clone(), task.clone());
        self.store(slot).run(move |rows| ledger::lose(rows, &account, OPERATION, &lost, false)).await?;
        Ok(Step::Lost(task))
    }

    pub(super) async fn resolve(&mut self, slot: usize) -> Result<Step, Mismatch> {
        let Some(id) = self.random.pick(&self.entries).copied() else { return Ok(Step::Other) };
        let Some(buy) = self.model.entries.get(&id) else { return Ok(Step::Other) };
        let stale = self.random.pick(&buy.attempts).copied().unwrap_or(buy.current);
        let listed = if self.random.is_percent(75) { buy.current } else { stale };
        let is_unknown =
            self.model.state_for(id, self.running[slot].process) == EntryState::Unknown && buy.current == listed;
        let truth = self.service.truth[listed].clone();
        let word = match truth {
            Some(task) if self.profile.is_honest => Resolution::Task(task),
            None if self.profile.is_honest => Resolution::NotCharged,
            _ if self.random.is_percent(50) => Resolution::Task(self.task()),
            _ => Resolution::NotCharged,
        };
        self.tell(slot, &format!("resolves e{} with a{listed}: {word:?}", id.0));
        let attempt = self.model.attempts[listed].id;
        let resolved = {
            let word = word.clone();
            self.store(slot).run(move |rows| ledger::resolve(rows, id, attempt, &word)).await
        };
        let is_early = word == Resolution::NotCharged && self.model.may_be_sent(listed, self.running[slot].process);
        // The process has ended or abandoned it, and nobody has looked at it since.
        let is_lost = self.model.attempts[listed].state == AttemptState::Posting;
        let is_right = is_unknown
            && !is_early
            && match &word {
                Resolution::NotCharged => self.model.settle_without(listed, AttemptState::NotCreated),
                Resolution::Task(task) => self.model.settle_task(listed, task, TaskSource::Operator),
            } == ExpectedSettlement::Recorded;
        self.model.attempts[listed].is_leased &= !(is_right && is_lost);
        match resolved {
            Err(error) if !error.is_refused() => return Err(error.into()),
            resolved => ensure(resolved.is_ok() == is_right, || format!("it returned {resolved:?}"))?,
        }
        if is_right && word == Resolution::NotCharged { Ok(Step::NotCharged(attempt)) } else { Ok(Step::Other) }
    }
}
