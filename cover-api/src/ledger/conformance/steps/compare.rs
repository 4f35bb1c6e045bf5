//! Compares the store with the model after a step.

use std::collections::HashSet;

use bytes::Bytes;
use cover_spec::tables::Credits;

use super::super::invariants::{Dump, Step};
use super::super::{Mismatch, ensure};
use super::{KEYS, OPERATION, REQUESTS, Run, STRAY, fingerprint};
use crate::ledger::{self as ledger, AttemptId, AttemptState, Purchase};

impl Run {
    /// Reads all rows, compares them with the model, and checks the invariants.
    pub(super) async fn observe(&mut self, slot: usize, step: &Step) -> Result<(), Mismatch> {
        let (account, entries) = (self.account.clone(), self.entries.clone());
        let attempts: Vec<AttemptId> = self.model.attempts.iter().map(|attempt| attempt.id).collect();
        let dump = move |rows: &mut dyn ledger::Rows| Dump::read(rows, &account, OPERATION, &entries, &attempts);
        let dump = self.store(slot).run(dump).await?;
        for index in 0..self.model.attempts.len() {
            // Looking at an abandoned attempt may have recorded it as unknown.
            let row = dump.attempts.get(&self.model.attempts[index].id);
            let is_unknown = row.is_some_and(|row| row.state == AttemptState::Unknown);
            if is_unknown && self.model.attempts[index].state == AttemptState::Posting && self.model.is_lost(index) {
                (self.model.attempts[index].state, self.model.attempts[index].is_leased) =
                    (AttemptState::Unknown, false);
            }
        }
        self.invariants.check(&self.dump, &dump, step)?;
        self.compare_rows(&dump)?;
        self.compare_spending(slot).await?;
        self.dump = dump;
        self.compare_lookups(slot).await
    }

    pub(super) fn compare_rows(&self, dump: &Dump) -> Result<(), Mismatch> {
        let (rows, entries) = (dump.entries.len(), self.model.entries.len());
        ensure(rows == entries, || format!("there are {rows} entries, and not {entries}"))?;
        for (id, buy) in &self.model.entries {
            let Some(row) = dump.entries.get(id) else { return Err(Mismatch(format!("e{} is not there", id.0))) };
            let is_same = row.state == self.model.stored_state(*id)
                && row.purchase == buy.purchase
                && row.attempt == Some(self.model.attempts[buy.current].id)
                && usize::try_from(row.attempts) == Ok(buy.attempts.len())
                && row.task.as_deref() == self.model.task(*id)
                && row.delivered == buy.delivered
                && (row.consent == buy.waived || buy.purchase.key.is_some());
            ensure(is_same, || {
                let (state, task) = (self.model.stored_state(*id), self.model.task(*id));
                let (current, delivered, waived) = (buy.current, buy.delivered, buy.waived);
                format!("{row:?} should be {state:?}, a{current}, {task:?}, {delivered}, {waived}")
            })?;
        }
        for (index, attempt) in self.model.attempts.iter().enumerate().filter(|(_, attempt)| !attempt.is_purged) {
            let Some(row) = dump.attempts.get(&attempt.id) else {
                return Err(Mismatch(format!("a{index} is not there")));
            };
            let answer = dump.answers.get(&attempt.id);
            ensure(answer == attempt.answer.as_ref(), || {
                let length = |answer: &Bytes| answer.len();
                format!(
                    "the answer of a{index} is {:?}, and not {:?}",
                    answer.map(length),
                    attempt.answer.as_ref().map(length)
                )
            })?;
            let number = self.model.entries[&attempt.entry].attempts.iter().position(|other| *other == index);
            let is_same = row.state == attempt.state
                && row.task.as_ref().zip(row.source) == attempt.task.as_ref().map(|(task, source)| (task, *source))
                && row.duplicate == self.model.is_duplicate(index)
                && row.entry == attempt.entry
                && row.lease.is_some() == attempt.is_leased
                && row.cost.map_or(0, Credits::thousandths) == attempt.cost
                && usize::try_from(row.number).ok() == number.map(|before| before + 1);
            ensure(is_same, || format!("a{index} is {row:?}, and not {:?}, {:?}", attempt.state, attempt.task))?;
        }
        let duplicates: Vec<AttemptId> = dump.duplicates.iter().map(|attempt| attempt.id).collect();
        let wanted: HashSet<AttemptId> =
            self.model.duplicates().iter().map(|index| self.model.attempts[*index].id).collect();
        let is_same = duplicates.len() == wanted.len() && duplicates.iter().all(|id| wanted.contains(id));
        ensure(is_same, || format!("the duplicates are {duplicates:?}, and not {wanted:?}"))
    }

    pub(super) async fn compare_lookups(&self, slot: usize) -> Result<(), Mismatch> {
        let account = self.account.clone();
        let prints = REQUESTS.map(fingerprint);
        let recent = self.tasks.iter().rev().take(8).cloned();
        let tasks: Vec<String> = recent.chain(STRAY.map(str::to_owned)).collect();
        let asked = tasks.clone();
        let look = move |rows: &mut dyn ledger::Rows| {
            let mut found = (Vec::new(), Vec::new(), Vec::new());
            for key in KEYS {
                found.0.push(rows.entry_by_key(&account, OPERATION, key)?.map(|entry| entry.id));
            }
            for print in &prints {
                let open = rows.open_entries(&account, OPERATION, print)?;
                found.1.push(open.iter().map(|entry| entry.id).collect::<Vec<_>>());
            }
            for task in &asked {
                found.2.push(rows.attempt_by_task(&account, OPERATION, task)?.map(|attempt| attempt.id));
            }
            Ok(found)
        };
        let (by_key, by_print, by_task) = self.store(slot).run(look).await?;
        let wanted = KEYS.map(|key| self.model.by_key(key));
        ensure(by_key == wanted, || format!("the keys are of {by_key:?}, and not of {wanted:?}"))?;
        let wanted = prints.map(|fingerprint| {
            let (account, operation) = (self.account.clone(), OPERATION.to_owned());
            self.model.equals(&Purchase { account, operation, key: None, fingerprint })
        });
        ensure(by_print == wanted, || format!("the equal entries are {by_print:?}, and not {wanted:?}"))?;
        let owner = |task: &String| self.model.owner(task).map(|index| self.model.attempts[index].id);
        let wanted: Vec<_> = tasks.iter().map(owner).collect();
        ensure(by_task == wanted, || format!("{tasks:?} are of {by_task:?}, and not of {wanted:?}"))
    }
}
