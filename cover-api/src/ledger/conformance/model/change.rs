//! How each step changes the model.

use std::collections::HashSet;

use bytes::Bytes;

use super::{AttemptIndex, ExpectedSettlement, Model, ModelAttempt, ModelEntry, Process};
use crate::ledger::{AttemptId, AttemptState, EntryId, EntryState, MAX_ANSWER, Purchase, TaskSource, Terms};

impl Model {
    /// Records an attempt as the next one of an entry, which may be new.
    pub(in crate::ledger::conformance) fn record(
        &mut self,
        purchase: &Purchase,
        entry: EntryId,
        terms: Terms,
        (id, cost): (AttemptId, u64),
        process: Process,
    ) {
        let accepted = self.attempts.iter().position(|attempt| Some(attempt.id) == terms.consent && !attempt.is_purged);
        let is_unknown = |accepted: &AttemptIndex| {
            let entry = &self.entries[&self.attempts[*accepted].entry];
            entry.task_attempt.is_none()
                && entry.current == *accepted
                && self.attempts[*accepted].state == AttemptState::Unknown
                && !self.may_be_sent(*accepted, process)
        };
        let own = self.entries.contains_key(&entry).then(|| self.counting(entry)).flatten();
        // Consent for an attempt of another entry counts only if this entry has none to return to.
        let accepted_instead = accepted.filter(is_unknown).filter(|_| own.is_none());
        if let Some(accepted_instead) = accepted_instead {
            let entry = self.entries.get_mut(&self.attempts[accepted_instead].entry).expect("an attempt has an entry");
            entry.waived |= entry.purchase.key.is_none();
        }
        let index = self.attempts.len();
        self.attempts.push(ModelAttempt {
            id,
            entry,
            process,
            state: AttemptState::Posting,
            task: None,
            answer: None,
            cost,
            is_superseded: false,
            is_abandoned: false,
            is_leased: true,
            is_purged: false,
        });
        let entry = self.entries.entry(entry).or_insert_with(|| ModelEntry {
            purchase: purchase.clone(),
            attempts: Vec::new(),
            current: index,
            task_attempt: None,
            accepted_instead: None,
            ended: None,
            delivered: false,
            waived: false,
        });
        if let Some(task_attempt) = entry.task_attempt.take() {
            self.attempts[task_attempt].is_superseded = true;
        }
        entry.purchase.fingerprint = purchase.fingerprint;
        entry.attempts.push(index);
        if own.is_none() {
            entry.accepted_instead = accepted_instead;
        }
        (entry.current, entry.ended, entry.delivered, entry.waived) = (index, None, false, false);
    }

    pub(in crate::ledger::conformance) fn settle_without(
        &mut self,
        index: AttemptIndex,
        state: AttemptState,
    ) -> ExpectedSettlement {
        let attempt = &mut self.attempts[index];
        if attempt.is_purged {
            return ExpectedSettlement::Missing;
        }
        if matches!(attempt.state, AttemptState::Posting | AttemptState::Unknown) {
            (attempt.state, attempt.is_leased) = (state, false);
            let id = attempt.entry;
            if state == AttemptState::NotCreated && self.entries[&id].current == index {
                self.go_back(id);
            }
        }
        ExpectedSettlement::Recorded
    }

    /// Returns the latest attempt of an entry that is open, or whose task is or was the entry's.
    fn counting(&self, id: EntryId) -> Option<AttemptIndex> {
        let counts = |index: &AttemptIndex| match self.attempts[*index].state {
            AttemptState::Posting | AttemptState::Unknown => true,
            AttemptState::Task => !self.is_duplicate(*index),
            AttemptState::NotCreated => false,
        };
        self.entries[&id].attempts.iter().copied().rfind(counts)
    }

    /// Removes the effect of the current attempt, which created nothing.
    fn go_back(&mut self, id: EntryId) {
        if self.stand_as_latest(id) {
            return;
        }
        let (mut at, mut seen) = (id, HashSet::new());
        while self.counting(at).is_none() && seen.insert(at) {
            let accepted = self.entries[&at].accepted_instead;
            let Some(accepted) = accepted.filter(|accepted| !self.attempts[*accepted].is_purged) else { return };
            at = self.attempts[accepted].entry;
        }
        if self.entries[&at].waived {
            self.guard(at);
        }
    }

    /// Sets the current attempt to the latest that counts. Returns whether there is one. A failed task becomes the entry's again.
    fn stand_as_latest(&mut self, id: EntryId) -> bool {
        let Some(latest) = self.counting(id) else { return false };
        let entry = self.entries.get_mut(&id).expect("there is such an entry");
        entry.current = latest;
        if entry.task_attempt.is_none() {
            if self.attempts[latest].state == AttemptState::Task {
                (entry.task_attempt, entry.ended, entry.delivered) = (Some(latest), Some(EntryState::Failed), true);
                self.attempts[latest].is_superseded = false;
            }
            self.guard(id);
        }
        true
    }

    /// Makes an open entry without a key guard against equal requests, unless another one does.
    fn guard(&mut self, id: EntryId) {
        let is_open = |id: EntryId| matches!(self.stored_state(id), EntryState::Posting | EntryState::Unknown);
        let purchase = self.entries[&id].purchase.clone();
        if purchase.key.is_none() && is_open(id) {
            let waived = self.equals(&purchase).into_iter().any(|other| other != id && is_open(other));
            self.entries.entry(id).and_modify(|entry| entry.waived = waived);
        }
    }

    pub(in crate::ledger::conformance) fn settle_task(
        &mut self,
        index: AttemptIndex,
        task: &str,
        source: TaskSource,
    ) -> ExpectedSettlement {
        if self.attempts[index].is_purged {
            return ExpectedSettlement::Missing;
        }
        // The process may not have sent it yet if a claim or an operator is wrong.
        let ends_lease = source == TaskSource::Reply;
        if self.task_of(index) == Some(task) {
            self.attempts[index].is_leased &= !ends_lease;
            let known = &mut self.attempts[index].task;
            *known = known.take().map(|(task, before)| (task, before.max(source)));
            return ExpectedSettlement::Recorded;
        }
        let owner = self.owner(task);
        // Only a reply outranks another source, and no source outranks a reply.
        let stays = |of: &ModelAttempt| {
            of.task.as_ref().is_some_and(|(_, word)| source != TaskSource::Reply || *word == TaskSource::Reply)
        };
        if stays(&self.attempts[index]) || owner.is_some_and(|owner| stays(&self.attempts[owner])) {
            if source == TaskSource::Reply && self.attempts[index].state == AttemptState::Posting {
                (self.attempts[index].state, self.attempts[index].is_leased) = (AttemptState::Unknown, false);
            }
            return ExpectedSettlement::Contradicted;
        }
        let id = self.attempts[index].entry;
        // Within one entry the task stays, and moves to another attempt.
        let robbed = owner.filter(|owner| self.attempts[*owner].entry != id);
        if let Some(owner) = owner {
            self.recall(owner);
        }
        let is_first = |task_attempt: AttemptIndex| task_attempt == index || self.attempts[task_attempt].task.is_none();
        let entry = self.entries.get_mut(&id).expect("an attempt has an entry");
        let is_charged_once = entry.task_attempt.is_none_or(is_first);
        (self.attempts[index].task, self.attempts[index].state) = (Some((task.to_owned(), source)), AttemptState::Task);
        self.attempts[index].is_superseded = false;
        self.attempts[index].is_leased &= !ends_lease;
        if is_charged_once {
            (entry.task_attempt, entry.ended, entry.delivered, entry.waived) = (Some(index), None, false, false);
        }
        self.stand_as_latest(id);
        if let Some(owner) = robbed {
            self.reopen(owner);
        }
        if is_charged_once { ExpectedSettlement::Recorded } else { ExpectedSettlement::Duplicate }
    }

    /// Settles an attempt whose reply is the result: its task is its own id, and is done.
    pub(in crate::ledger::conformance) fn settle_answer(
        &mut self,
        index: AttemptIndex,
        bytes: &Bytes,
    ) -> ExpectedSettlement {
        let own = self.attempts[index].id.to_string();
        let expected = self.settle_task(index, &own, TaskSource::Reply);
        if matches!(expected, ExpectedSettlement::Missing | ExpectedSettlement::Contradicted) {
            return expected;
        }
        let entry = self.entries.get_mut(&self.attempts[index].entry).expect("an attempt has an entry");
        if entry.task_attempt == Some(index) {
            entry.ended = entry.ended.or(Some(EntryState::Done));
        }
        let is_received = entry.delivered && entry.purchase.key.is_none();
        if bytes.len() <= MAX_ANSWER && !is_received {
            self.attempts[index].answer = Some(bytes.clone());
        }
        expected
    }

    /// Records that a caller received the task of an entry. Its answers are then kept only for a key.
    fn receive(&mut self, id: EntryId) {
        let entry = self.entries.get_mut(&id).expect("there is such an entry");
        entry.delivered = true;
        if entry.purchase.key.is_none() {
            entry.attempts.iter().for_each(|index| self.attempts[*index].answer = None);
        }
    }

    /// Takes the task from an attempt, which becomes unknown.
    fn recall(&mut self, index: AttemptIndex) {
        let attempt = &mut self.attempts[index];
        (attempt.task, attempt.state, attempt.is_superseded) = (None, AttemptState::Unknown, false);
    }

    /// Updates the entry of an attempt that lost its task. The entry gets the task of a duplicate, or is open again.
    fn reopen(&mut self, index: AttemptIndex) {
        let id = self.attempts[index].entry;
        if self.entries[&id].task_attempt == Some(index) {
            let heir =
                self.entries[&id].attempts.iter().copied().find(|other| *other != index && self.is_duplicate(*other));
            self.entries
                .entry(id)
                .and_modify(|entry| (entry.task_attempt, entry.ended, entry.delivered) = (heir, None, false));
        }
        self.stand_as_latest(id);
    }

    pub(in crate::ledger::conformance) fn deliver(&mut self, id: EntryId, task: &str) {
        if self.entries.contains_key(&id) && self.task(id) == Some(task) {
            self.receive(id);
        }
    }

    /// Returns the attempt and the entry of a task.
    fn of_task(&self, task: &str) -> Option<(AttemptIndex, EntryId)> {
        let index = self.owner(task)?;
        let id = self.attempts[index].entry;
        (self.entries[&id].task_attempt == Some(index)).then_some((index, id))
    }

    /// Records the end of a task. Returns whether it belongs to an entry.
    pub(in crate::ledger::conformance) fn end(&mut self, task: &str, state: EntryState) -> bool {
        let Some((_, id)) = self.of_task(task) else { return false };
        self.entries.entry(id).and_modify(|entry| entry.ended = Some(state));
        self.receive(id);
        true
    }

    pub(in crate::ledger::conformance) fn lose(&mut self, task: &str) {
        let Some((index, id)) = self.of_task(task) else { return };
        if self.entries[&id].ended.is_none() {
            self.recall(index);
            self.reopen(index);
        }
    }

    /// Removes the entries that a purge of everything deletes, and returns them.
    pub(in crate::ledger::conformance) fn purge(&mut self) -> Vec<EntryId> {
        let is_over = |id: &EntryId| {
            let entry = &self.entries[id];
            let is_empty = self.stored_state(*id) == EntryState::Ready && entry.purchase.key.is_none();
            (is_empty || (entry.task_attempt.is_some() && entry.ended.is_some() && entry.delivered))
                && !self.has_duplicate(*id)
        };
        let purged: Vec<EntryId> = self.entries.keys().copied().filter(is_over).collect();
        for id in &purged {
            for index in self.entries.remove(id).map(|entry| entry.attempts).unwrap_or_default() {
                (self.attempts[index].is_purged, self.attempts[index].answer) = (true, None);
            }
        }
        purged
    }
}
