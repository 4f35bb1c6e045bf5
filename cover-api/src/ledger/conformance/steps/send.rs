//! Steps that ask for an attempt.

use std::collections::HashSet;

use super::super::invariants::Step;
use super::super::model::{AttemptIndex, ExpectedState};
use super::super::{LEASE, Mismatch, ensure};
use super::{KEYS, OPERATION, REQUESTS, Run, fingerprint};
use crate::ledger::{
    self as ledger, AttemptId, AttemptState, EntryId, Fingerprint, Intended, LedgerError, Purchase, PurchaseState,
    Terms,
};

impl Run {
    pub(super) fn purchase(&mut self) -> Purchase {
        let number = self.random.below(self.profile.keys);
        let key = self.random.is_percent(self.profile.keyed).then(|| KEYS[number].to_owned());
        // A key is hardly ever used for another request.
        let is_usual = key.is_some() && self.random.is_percent(85);
        let request = if is_usual { number % self.profile.requests } else { self.random.below(self.profile.requests) };
        Purchase {
            account: self.account.clone(),
            operation: OPERATION.to_owned(),
            key,
            fingerprint: fingerprint(REQUESTS[request]),
        }
    }

    /// The entry that an earlier attempt of this send belongs to.
    pub(super) fn earlier(&mut self, purchase: &Purchase) -> Option<EntryId> {
        let is_of = |id: &&EntryId| {
            self.model.entries.get(id).is_none_or(|buy| {
                let is_equal = buy.purchase.fingerprint == purchase.fingerprint;
                buy.purchase.key == purchase.key && (purchase.key.is_some() || is_equal)
            })
        };
        let earlier: Vec<EntryId> = self.entries.iter().filter(is_of).copied().collect();
        if self.random.is_percent(35) { self.random.pick(&earlier).copied() } else { None }
    }

    pub(super) async fn send(&mut self, slot: usize) -> Result<Step, Mismatch> {
        let purchase = self.purchase();
        let at = self.earlier(&purchase);
        let mut terms = Terms::default();
        if !self.profile.is_honest {
            let most = *self.random.pick(&[1, 2, 3, 4]).expect("there are some");
            terms.max_failures = self.random.is_percent(self.profile.after_failure).then_some(most);
            if self.random.is_percent(self.profile.consenting) {
                terms.consent = self.consent(slot, &purchase, at).await?;
            }
        }
        if self.random.is_percent(40) {
            self.look_up(slot, &purchase, at, terms).await?;
        }
        let viewer = self.running[slot].process;
        let wanted = self.model.expected_state(&purchase, at, terms, viewer);
        let (id, index) = (AttemptId::new(), self.model.attempts.len());
        let (cost, charge) = self.charge(viewer);
        self.tell(slot, &format!("intends a{index}: {}", self.describe(&purchase, at, terms)));
        self.store(slot).local().begin(id, None);
        let intent = {
            let (purchase, charge) = (purchase.clone(), charge.clone());
            move |rows: &mut dyn ledger::Rows| ledger::intend(rows, &purchase, at, terms, &charge, id, LEASE)
        };
        if wanted == ExpectedState::Gone {
            let result = self.store(slot).run(intent).await;
            self.store(slot).local().finish(id);
            let is_refused = result.as_ref().is_err_and(LedgerError::is_refused);
            ensure(is_refused, || format!("its entry was purged, and it is {result:?}"))?;
            return Ok(Step::Other);
        }
        let intended = self.store(slot).run(intent.clone()).await?;
        let (entry, number) = match (&intended, wanted) {
            (Intended::OverLimit(overrun), ExpectedState::Ready(_)) => {
                self.store(slot).local().finish(id);
                self.compare_overrun(*overrun, &charge, viewer)?;
                self.tell(slot, "… would exceed a limit");
                return Ok(Step::Other);
            }
            (Intended::Recorded { entry, number }, ExpectedState::Ready(own)) => {
                ensure(self.exceeded(&charge, viewer).is_none(), || {
                    format!("it was recorded, in spite of {charge:?}")
                })?;
                let is_new = !self.entries.contains(entry);
                ensure(own.map_or(is_new, |own| own == *entry), || format!("it is of {entry:?}, and not of {own:?}"))?;
                (*entry, *number)
            }
            (Intended::Refused(standing), _) => {
                self.store(slot).local().finish(id);
                self.compare_standing(standing, wanted)?;
                self.tell(slot, &format!("… is refused: {wanted:?}"));
                return Ok(Step::Other);
            }
            (Intended::Recorded { .. } | Intended::OverLimit(_), _) => {
                return Err(Mismatch(format!("it is {intended:?}, and not {wanted:?}")));
            }
        };
        if !self.entries.contains(&entry) {
            self.entries.push(entry);
        }
        self.model.record(&purchase, entry, terms, (id, cost), viewer);
        let numbers = self.model.entries[&entry].attempts.len();
        ensure(usize::try_from(number) == Ok(numbers), || format!("its number is {number}, and not {numbers}"))?;
        if self.random.is_percent(10) {
            let again = self.store(slot).run(intent).await?;
            ensure(again == intended, || format!("the same intent again is {again:?}, and not {intended:?}"))?;
        }
        // A service that answers at once creates no other task than the attempt itself.
        let is_answer = self.random.is_percent(30);
        let task = self.random.is_percent(55).then(|| if is_answer { id.to_string() } else { format!("task-{index}") });
        self.tell(slot, &format!("… is recorded, of e{}; the service makes of it {task:?}", entry.0));
        self.create(&purchase, task)?;
        Ok(Step::Recorded(id, entry, purchase, terms))
    }

    /// An attempt that the caller accepts to pay for twice: mostly the one that stands in its way.
    pub(super) async fn consent(
        &mut self,
        slot: usize,
        of: &Purchase,
        at: Option<EntryId>,
    ) -> Result<Option<AttemptId>, Mismatch> {
        let expected_state = self.look_up(slot, of, at, Terms::default()).await?;
        let is_of = |index: &AttemptIndex| {
            let attempt = &self.model.attempts[*index];
            let is_listed = attempt.state == AttemptState::Posting && self.model.is_lost(*index);
            !is_listed
                && self.model.entries.get(&attempt.entry).is_some_and(|buy| {
                    let is_equal = buy.purchase.key.is_none() && buy.purchase.fingerprint == of.fingerprint;
                    is_equal || (of.key.is_some() && buy.purchase.key == of.key)
                })
        };
        let others: Vec<AttemptIndex> = (0..self.model.attempts.len()).filter(is_of).collect();
        let index = match expected_state {
            ExpectedState::Unknown(_, index) if self.random.is_percent(85) => Some(index),
            _ => self.random.pick(&others).copied(),
        };
        Ok(index.map(|index| self.model.attempts[index].id))
    }

    pub(super) async fn look_up(
        &mut self,
        slot: usize,
        purchase: &Purchase,
        at: Option<EntryId>,
        terms: Terms,
    ) -> Result<ExpectedState, Mismatch> {
        let wanted = self.model.expected_state(purchase, at, terms, self.running[slot].process);
        self.tell(slot, &format!("looks up {}: {wanted:?}", self.describe(purchase, at, terms)));
        let purchase = purchase.clone();
        match self.store(slot).run(move |rows| ledger::look_up(rows, &purchase, at, terms)).await {
            Err(error) if error.is_refused() && wanted == ExpectedState::Gone => {}
            standing => self.compare_standing(&standing?, wanted)?,
        }
        self.observe(slot, &Step::Other).await?;
        Ok(wanted)
    }

    pub(super) fn compare_standing(&self, standing: &PurchaseState, wanted: ExpectedState) -> Result<(), Mismatch> {
        let index = |id: AttemptId| self.model.attempts.iter().position(|attempt| attempt.id == id);
        let found = match standing {
            PurchaseState::Ready(entry) => Some(ExpectedState::Ready(*entry)),
            PurchaseState::Posting { entry, here } => Some(ExpectedState::Posting(entry.id, *here)),
            PurchaseState::Unknown(entry, attempt) => {
                index(attempt.id).map(|index| ExpectedState::Unknown(entry.id, index))
            }
            PurchaseState::Task(entry) => {
                let task = self.model.entries.get(&entry.id).and_then(|_| self.model.task(entry.id));
                ensure(entry.task.as_deref() == task, || format!("the task is {:?}, and not {task:?}", entry.task))?;
                Some(ExpectedState::Task(entry.id))
            }
            PurchaseState::Exhausted { entry, failures } => Some(ExpectedState::Exhausted(entry.id, *failures)),
            PurchaseState::OtherRequest(entry) => Some(ExpectedState::OtherRequest(entry.id)),
        };
        ensure(found == Some(wanted), || format!("it stands as {standing:?}, and not {wanted:?}"))
    }

    pub(super) fn create(&mut self, purchase: &Purchase, task: Option<String>) -> Result<(), Mismatch> {
        // With a key, the request does not count; a fixed one stands for all.
        let fingerprint = if purchase.key.is_some() { Fingerprint::new("", &[]) } else { purchase.fingerprint };
        if let Some(task) = &task {
            self.tasks.push(task.clone());
            let created = self.service.created.entry((purchase.key.clone(), fingerprint)).or_default();
            *created += 1;
            let delivered = self.service.delivered.get(&fingerprint).map_or(0, HashSet::len);
            let is_due = *created <= 1 + delivered;
            ensure(is_due || !self.profile.is_honest, || format!("{purchase:?} was charged {created} times"))?;
        }
        self.service.truth.push(task);
        Ok(())
    }

    pub(super) fn describe(&self, purchase: &Purchase, at: Option<EntryId>, terms: Terms) -> String {
        let key = purchase.key.as_deref().unwrap_or("no key");
        let at = at.map(|id| format!(", continues e{}", id.0)).unwrap_or_default();
        let failure = terms.max_failures.map(|most| format!(", after less than {most} failures")).unwrap_or_default();
        let accepted = self.model.attempts.iter().position(|attempt| Some(attempt.id) == terms.consent);
        let consent = accepted.map(|index| format!(", accepts a{index}")).unwrap_or_default();
        let request = REQUESTS.iter().position(|request| fingerprint(request) == purchase.fingerprint);
        format!("{key}, request {}{at}{failure}{consent}", request.unwrap_or_default())
    }
}
