//! Steps that ask for an attempt.

use std::collections::HashSet;

use super::super::invariants::Step;
use super::super::model::{Name, Stand};
use super::super::{Broken, ensure};
use super::{KEYS, OPERATION, REQUESTS, Run, fingerprint};
use crate::ledger::{
    self as ledger, AttemptId, AttemptState, EntryId, Fingerprint, Intended, LedgerError, Purchase, Standing, Terms,
};

impl Run {
    pub(super) fn purchase(&mut self) -> Purchase {
        let number = self.random.below(self.habits.keys);
        let key = self.random.is_percent(self.habits.keyed).then(|| KEYS[number].to_owned());
        // A key is hardly ever used for another request.
        let is_usual = key.is_some() && self.random.is_percent(85);
        let request = if is_usual { number % self.habits.requests } else { self.random.below(self.habits.requests) };
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
            self.model.buys.get(id).is_none_or(|buy| {
                let is_equal = buy.purchase.fingerprint == purchase.fingerprint;
                buy.purchase.key == purchase.key && (purchase.key.is_some() || is_equal)
            })
        };
        let earlier: Vec<EntryId> = self.entries.iter().filter(is_of).copied().collect();
        if self.random.is_percent(35) { self.random.pick(&earlier).copied() } else { None }
    }

    pub(super) async fn send(&mut self, slot: usize) -> Result<Step, Broken> {
        let purchase = self.purchase();
        let at = self.earlier(&purchase);
        let mut terms = Terms::default();
        if !self.habits.is_honest {
            terms.after_failure = self.random.is_percent(self.habits.after_failure);
            if self.random.is_percent(self.habits.consenting) {
                terms.consent = self.consent(slot, &purchase, at).await?;
            }
        }
        if self.random.is_percent(40) {
            self.look_up(slot, &purchase, at, terms).await?;
        }
        let viewer = self.running[slot].process;
        let wanted = self.model.stand(&purchase, at, terms, viewer);
        let (id, name) = (AttemptId::new(), self.model.tries.len());
        self.tell(slot, &format!("intends a{name}: {}", self.describe(&purchase, at, terms)));
        self.book(slot).local().begin(id);
        let intent = {
            let purchase = purchase.clone();
            move |rows: &mut dyn ledger::Rows| ledger::intend(rows, &purchase, at, terms, id)
        };
        if wanted == Stand::Gone {
            let result = self.book(slot).run(intent).await;
            self.book(slot).local().finish(id);
            let is_refused = result.as_ref().is_err_and(LedgerError::is_refused);
            ensure(is_refused, || format!("its entry was purged, and it is {result:?}"))?;
            return Ok(Step::Other);
        }
        let intended = self.book(slot).run(intent.clone()).await?;
        let (entry, number) = match (&intended, wanted) {
            (Intended::Recorded { entry, number }, Stand::Ready(own)) => {
                let is_new = !self.entries.contains(entry);
                ensure(own.map_or(is_new, |own| own == *entry), || format!("it is of {entry:?}, and not of {own:?}"))?;
                (*entry, *number)
            }
            (Intended::Refused(standing), _) => {
                self.book(slot).local().finish(id);
                self.compare_standing(standing, wanted)?;
                self.tell(slot, &format!("… is refused: {wanted:?}"));
                return Ok(Step::Other);
            }
            (Intended::Recorded { .. }, _) => return Err(Broken(format!("it was recorded, and not {wanted:?}"))),
        };
        if !self.entries.contains(&entry) {
            self.entries.push(entry);
        }
        self.model.record(&purchase, entry, terms, id, viewer);
        let numbers = self.model.buys[&entry].tries.len();
        ensure(usize::try_from(number) == Ok(numbers), || format!("its number is {number}, and not {numbers}"))?;
        if self.random.is_percent(10) {
            let again = self.book(slot).run(intent).await?;
            ensure(again == intended, || format!("the same intent again is {again:?}, and not {intended:?}"))?;
        }
        let task = self.random.is_percent(55).then(|| format!("task-{name}"));
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
    ) -> Result<Option<AttemptId>, Broken> {
        let stand = self.look_up(slot, of, at, Terms::default()).await?;
        let is_of = |name: &Name| {
            let attempt = &self.model.tries[*name];
            let is_listed = attempt.fate == AttemptState::Posting && self.model.is_lost(*name);
            !is_listed
                && self.model.buys.get(&attempt.entry).is_some_and(|buy| {
                    let is_equal = buy.purchase.key.is_none() && buy.purchase.fingerprint == of.fingerprint;
                    is_equal || (of.key.is_some() && buy.purchase.key == of.key)
                })
        };
        let others: Vec<Name> = (0..self.model.tries.len()).filter(is_of).collect();
        let name = match stand {
            Stand::Unknown(_, name) if self.random.is_percent(85) => Some(name),
            _ => self.random.pick(&others).copied(),
        };
        Ok(name.map(|name| self.model.tries[name].id))
    }

    pub(super) async fn look_up(
        &mut self,
        slot: usize,
        purchase: &Purchase,
        at: Option<EntryId>,
        terms: Terms,
    ) -> Result<Stand, Broken> {
        let wanted = self.model.stand(purchase, at, terms, self.running[slot].process);
        self.tell(slot, &format!("looks up {}: {wanted:?}", self.describe(purchase, at, terms)));
        let purchase = purchase.clone();
        match self.book(slot).run(move |rows| ledger::look_up(rows, &purchase, at, terms)).await {
            Err(error) if error.is_refused() && wanted == Stand::Gone => {}
            standing => self.compare_standing(&standing?, wanted)?,
        }
        self.observe(slot, &Step::Other).await?;
        Ok(wanted)
    }

    pub(super) fn compare_standing(&self, standing: &Standing, wanted: Stand) -> Result<(), Broken> {
        let name = |id: AttemptId| self.model.tries.iter().position(|attempt| attempt.id == id);
        let found = match standing {
            Standing::Ready(entry) => Some(Stand::Ready(*entry)),
            Standing::Posting { entry, here } => Some(Stand::Posting(entry.id, *here)),
            Standing::Unknown(entry, attempt) => name(attempt.id).map(|name| Stand::Unknown(entry.id, name)),
            Standing::Task(entry) => {
                let task = self.model.buys.get(&entry.id).and_then(|_| self.model.task(entry.id));
                ensure(entry.task.as_deref() == task, || format!("the task is {:?}, and not {task:?}", entry.task))?;
                Some(Stand::Task(entry.id))
            }
            Standing::OtherRequest(entry) => Some(Stand::OtherRequest(entry.id)),
        };
        ensure(found == Some(wanted), || format!("it stands as {standing:?}, and not {wanted:?}"))
    }

    pub(super) fn create(&mut self, purchase: &Purchase, task: Option<String>) -> Result<(), Broken> {
        // With a key, the request does not count; a fixed one stands for all.
        let fingerprint = if purchase.key.is_some() { Fingerprint::new("", &[]) } else { purchase.fingerprint };
        if let Some(task) = &task {
            self.tasks.push(task.clone());
            let created = self.service.created.entry((purchase.key.clone(), fingerprint)).or_default();
            *created += 1;
            let delivered = self.service.delivered.get(&fingerprint).map_or(0, HashSet::len);
            let is_due = *created <= 1 + delivered;
            ensure(is_due || !self.habits.is_honest, || format!("{purchase:?} was paid for {created} times"))?;
        }
        self.service.truth.push(task);
        Ok(())
    }

    pub(super) fn describe(&self, purchase: &Purchase, at: Option<EntryId>, terms: Terms) -> String {
        let key = purchase.key.as_deref().unwrap_or("no key");
        let at = at.map(|id| format!(", goes on with e{}", id.0)).unwrap_or_default();
        let failure = if terms.after_failure { ", after failure" } else { "" };
        let accepted = self.model.tries.iter().position(|attempt| Some(attempt.id) == terms.consent);
        let consent = accepted.map(|name| format!(", accepts a{name}")).unwrap_or_default();
        let request = REQUESTS.iter().position(|request| fingerprint(request) == purchase.fingerprint);
        format!("{key}, request {}{at}{failure}{consent}", request.unwrap_or_default())
    }
}
