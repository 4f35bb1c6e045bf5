//! What the ledger must say, worked out from the words of the contract: an entry stands as its attempts do.
//!
//! Nothing is shared with the rules. They store the state of an entry and change it; the model stores only what became of
//! each attempt, and derives the state whenever it is asked.

use std::collections::{BTreeMap, HashSet};

use crate::ledger::{AttemptId, AttemptState, EntryId, Purchase, Source, State, Terms};

/// An attempt, by the order in which they were recorded.
pub(super) type Name = usize;
/// A process, by the order in which they were started.
pub(super) type Process = usize;

pub(super) struct Try {
    pub(super) id: AttemptId,
    pub(super) entry: EntryId,
    pub(super) process: Process,
    pub(super) fate: AttemptState,
    pub(super) task: Option<(String, Source)>,
    /// Its task failed, and the entry was posted again.
    past: bool,
    /// Its process gave it up without a trace.
    pub(super) vanished: bool,
    /// It was purged.
    pub(super) gone: bool,
}

pub(super) struct Buy {
    pub(super) purchase: Purchase,
    pub(super) tries: Vec<Name>,
    pub(super) current: Name,
    /// The attempt whose task is the entry's.
    pub(super) main: Option<Name>,
    /// The attempt of another entry that a caller accepted when nothing of this one counted.
    over: Option<Name>,
    ended: Option<State>,
    pub(super) delivered: bool,
    /// Without a key: it stands in nobody's way while it is open.
    pub(super) waived: bool,
}

/// How a purchase stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    Ready(Option<EntryId>),
    Posting(EntryId, bool),
    Unknown(EntryId, Name),
    Task(EntryId),
    OtherRequest(EntryId),
    /// The entry that the send goes on with is not there any more.
    Gone,
}

/// What a settlement did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Did {
    Recorded,
    Duplicate,
    Contradicted,
    Missing,
}

#[derive(Default)]
pub(super) struct Model {
    pub(super) buys: BTreeMap<EntryId, Buy>,
    pub(super) tries: Vec<Try>,
    pub(super) dead: HashSet<Process>,
}

impl Model {
    /// Whether an attempt that is posting may still reach the service, as far as a process can tell.
    fn is_alive(&self, name: Name, viewer: Process) -> bool {
        let attempt = &self.tries[name];
        !(self.dead.contains(&attempt.process) || (attempt.vanished && attempt.process == viewer))
    }

    /// Whether its process has given it up or has ended.
    pub(super) fn is_lost(&self, name: Name) -> bool {
        self.tries[name].vanished || self.dead.contains(&self.tries[name].process)
    }

    /// How an entry stands by what is written.
    pub(super) fn written(&self, id: EntryId) -> State {
        let buy = &self.buys[&id];
        match (buy.main, self.tries[buy.current].fate) {
            (Some(_), _) => buy.ended.unwrap_or(State::Running),
            (None, AttemptState::Posting) => State::Posting,
            // An entry whose current attempt has a task has a task.
            (None, AttemptState::Unknown | AttemptState::Task) => State::Unknown,
            (None, AttemptState::NotCreated) => State::Ready,
        }
    }

    /// How an entry stands for a process, which knows who is alive.
    pub(super) fn seen(&self, id: EntryId, viewer: Process) -> State {
        match self.written(id) {
            State::Posting if !self.is_alive(self.buys[&id].current, viewer) => State::Unknown,
            state => state,
        }
    }

    pub(super) fn task(&self, id: EntryId) -> Option<&str> {
        self.task_of(self.buys[&id].main?)
    }

    fn task_of(&self, name: Name) -> Option<&str> {
        self.tries[name].task.as_ref().map(|(task, _)| task.as_str())
    }

    pub(super) fn owner(&self, task: &str) -> Option<Name> {
        (0..self.tries.len()).find(|name| !self.tries[*name].gone && self.task_of(*name) == Some(task))
    }

    /// The tasks that attempts have.
    pub(super) fn tasks(&self) -> impl Iterator<Item = &str> {
        self.tries.iter().filter(|attempt| !attempt.gone).filter_map(|attempt| Some(attempt.task.as_ref()?.0.as_str()))
    }

    pub(super) fn by_key(&self, key: &str) -> Option<EntryId> {
        self.buys.iter().find(|(_, buy)| buy.purchase.key.as_deref() == Some(key)).map(|(id, _)| *id)
    }

    pub(super) fn is_duplicate(&self, name: Name) -> bool {
        let attempt = &self.tries[name];
        attempt.task.is_some() && !attempt.gone && !attempt.past && self.buys[&attempt.entry].main != Some(name)
    }

    fn has_duplicate(&self, id: EntryId) -> bool {
        self.buys[&id].tries.iter().any(|name| self.is_duplicate(*name))
    }

    pub(super) fn duplicates(&self) -> Vec<Name> {
        self.buys.values().flat_map(|buy| &buy.tries).copied().filter(|name| self.is_duplicate(*name)).collect()
    }

    /// The equal entries without a key that concern an equal send.
    pub(super) fn equals(&self, purchase: &Purchase) -> Vec<EntryId> {
        let concerns = |(id, buy): &(&EntryId, &Buy)| {
            let is_equal = buy.purchase.key.is_none() && buy.purchase.fingerprint == purchase.fingerprint;
            is_equal && !buy.waived && !(self.written(**id).has_task() && buy.delivered)
        };
        self.buys.iter().filter(concerns).map(|(id, _)| *id).collect()
    }

    pub(super) fn stand(&self, purchase: &Purchase, at: Option<EntryId>, terms: Terms, viewer: Process) -> Stand {
        if at.is_some_and(|id| !self.buys.contains_key(&id)) {
            return Stand::Gone;
        }
        let own = at.or_else(|| match &purchase.key {
            Some(key) => self.by_key(key),
            None => self.nearest(purchase),
        });
        let ready = match own {
            Some(id) => match self.stand_of(id, purchase, terms, viewer) {
                Stand::Ready(own) => own,
                stand => return stand,
            },
            None => None,
        };
        for id in self.equals(purchase).into_iter().filter(|id| ready != Some(*id)) {
            match (self.seen(id, viewer), self.buys[&id].current) {
                (State::Posting, current) => {
                    return Stand::Posting(id, purchase.key.is_none() && self.tries[current].process == viewer);
                }
                (State::Unknown, current) if !self.accepts(terms, current) => return Stand::Unknown(id, current),
                (State::Failed, _) if terms.after_failure => {}
                (State::Running | State::Done | State::Failed, _) if purchase.key.is_none() => return Stand::Task(id),
                _ => {}
            }
        }
        Stand::Ready(ready)
    }

    fn accepts(&self, terms: Terms, name: Name) -> bool {
        terms.consent == Some(self.tries[name].id)
    }

    /// The entry that a send without a key goes on with.
    fn nearest(&self, purchase: &Purchase) -> Option<EntryId> {
        let equals = self.equals(purchase);
        let first = |of: &[State]| equals.iter().copied().find(|id| of.contains(&self.written(*id)));
        first(&[State::Posting, State::Unknown])
            .or_else(|| first(&[State::Running, State::Done, State::Failed]))
            .or_else(|| first(&[State::Ready]))
    }

    fn stand_of(&self, id: EntryId, purchase: &Purchase, terms: Terms, viewer: Process) -> Stand {
        let (buy, state) = (&self.buys[&id], self.seen(id, viewer));
        let (current, fate) = (buy.current, self.tries[buy.current].fate);
        let posting = Stand::Posting(id, self.tries[current].process == viewer);
        match state {
            State::Ready => Stand::Ready(Some(id)),
            // An earlier attempt failed as a task; another may still be open.
            State::Failed if terms.after_failure => match fate {
                AttemptState::Posting if self.is_alive(current, viewer) => posting,
                AttemptState::Posting | AttemptState::Unknown if !self.accepts(terms, current) => {
                    Stand::Unknown(id, current)
                }
                // Without a key, another entry.
                _ => Stand::Ready(buy.purchase.key.is_some().then_some(id)),
            },
            _ if buy.purchase.fingerprint != purchase.fingerprint => Stand::OtherRequest(id),
            State::Posting => posting,
            State::Unknown if self.accepts(terms, current) => Stand::Ready(buy.purchase.key.is_some().then_some(id)),
            State::Unknown => Stand::Unknown(id, current),
            State::Running | State::Done | State::Failed => Stand::Task(id),
        }
    }

    /// An attempt was recorded as the next one of an entry, which may be new.
    pub(super) fn record(
        &mut self,
        purchase: &Purchase,
        entry: EntryId,
        terms: Terms,
        id: AttemptId,
        process: Process,
    ) {
        let accepted = self.tries.iter().position(|attempt| Some(attempt.id) == terms.consent && !attempt.gone);
        let is_unknown = |accepted: &Name| {
            let buy = &self.buys[&self.tries[*accepted].entry];
            buy.main.is_none() && buy.current == *accepted && self.tries[*accepted].fate == AttemptState::Unknown
        };
        let own = self.buys.contains_key(&entry).then(|| self.counting(entry)).flatten();
        // One that was accepted of another entry counts only where this one has nothing to go back to.
        let over = accepted.filter(is_unknown).filter(|_| own.is_none());
        if let Some(over) = over {
            let buy = self.buys.get_mut(&self.tries[over].entry).expect("an attempt has an entry");
            buy.waived |= buy.purchase.key.is_none();
        }
        let name = self.tries.len();
        self.tries.push(Try {
            id,
            entry,
            process,
            fate: AttemptState::Posting,
            task: None,
            past: false,
            vanished: false,
            gone: false,
        });
        let buy = self.buys.entry(entry).or_insert_with(|| Buy {
            purchase: purchase.clone(),
            tries: Vec::new(),
            current: name,
            main: None,
            over: None,
            ended: None,
            delivered: false,
            waived: false,
        });
        if let Some(main) = buy.main.take() {
            self.tries[main].past = true;
        }
        buy.purchase.fingerprint = purchase.fingerprint;
        buy.tries.push(name);
        if own.is_none() {
            buy.over = over;
        }
        (buy.current, buy.ended, buy.delivered, buy.waived) = (name, None, false, false);
    }

    pub(super) fn settle_without(&mut self, name: Name, fate: AttemptState) -> Did {
        let attempt = &mut self.tries[name];
        if attempt.gone {
            return Did::Missing;
        }
        if matches!(attempt.fate, AttemptState::Posting | AttemptState::Unknown) {
            attempt.fate = fate;
            let id = attempt.entry;
            if fate == AttemptState::NotCreated && self.buys[&id].current == name {
                self.go_back(id);
            }
        }
        Did::Recorded
    }

    /// The latest attempt of an entry that is open, or whose task is or was the entry's.
    fn counting(&self, id: EntryId) -> Option<Name> {
        let counts = |name: &Name| match self.tries[*name].fate {
            AttemptState::Posting | AttemptState::Unknown => true,
            AttemptState::Task => !self.is_duplicate(*name),
            AttemptState::NotCreated => false,
        };
        self.buys[&id].tries.iter().copied().rfind(counts)
    }

    /// The current attempt has created nothing: what it came after counts again, as if it had never been.
    fn go_back(&mut self, id: EntryId) {
        if self.stand_as_latest(id) {
            return;
        }
        let (mut at, mut seen) = (id, HashSet::new());
        while self.counting(at).is_none() && seen.insert(at) {
            let Some(over) = self.buys[&at].over.filter(|over| !self.tries[*over].gone) else { return };
            at = self.tries[over].entry;
        }
        if self.buys[&at].waived {
            self.guard(at);
        }
    }

    /// Returns whether there is an attempt that counts. Where it is a task that had failed, it is the entry's again.
    fn stand_as_latest(&mut self, id: EntryId) -> bool {
        let Some(latest) = self.counting(id) else { return false };
        let buy = self.buys.get_mut(&id).expect("there is such an entry");
        buy.current = latest;
        if buy.main.is_none() {
            if self.tries[latest].fate == AttemptState::Task {
                (buy.main, buy.ended, buy.delivered) = (Some(latest), Some(State::Failed), true);
                self.tries[latest].past = false;
            }
            self.guard(id);
        }
        true
    }

    /// Nobody has accepted what an entry without a key goes back to; it guards, unless another one does.
    fn guard(&mut self, id: EntryId) {
        let is_open = |id: EntryId| matches!(self.written(id), State::Posting | State::Unknown);
        let purchase = self.buys[&id].purchase.clone();
        if purchase.key.is_none() && is_open(id) {
            let waived = self.equals(&purchase).into_iter().any(|other| other != id && is_open(other));
            self.buys.entry(id).and_modify(|buy| buy.waived = waived);
        }
    }

    pub(super) fn settle_task(&mut self, name: Name, task: &str, source: Source) -> Did {
        if self.tries[name].gone {
            return Did::Missing;
        }
        if self.task_of(name) == Some(task) {
            let known = &mut self.tries[name].task;
            *known = known.take().map(|(task, before)| (task, before.max(source)));
            return Did::Recorded;
        }
        let owner = self.owner(task);
        // Only a reply outranks another word, and no word outranks a reply.
        let stays =
            |of: &Try| of.task.as_ref().is_some_and(|(_, word)| source != Source::Reply || *word == Source::Reply);
        if stays(&self.tries[name]) || owner.is_some_and(|owner| stays(&self.tries[owner])) {
            if source == Source::Reply && self.tries[name].fate == AttemptState::Posting {
                self.tries[name].fate = AttemptState::Unknown;
            }
            return Did::Contradicted;
        }
        let entry = self.tries[name].entry;
        // Within one entry the task stays, and only its attempt is another one.
        let robbed = owner.filter(|owner| self.tries[*owner].entry != entry);
        if let Some(owner) = owner {
            self.recall(owner);
        }
        let is_first = |main: Name| main == name || self.tries[main].task.is_none();
        let buy = self.buys.get_mut(&entry).expect("an attempt has an entry");
        let becomes_main = buy.main.is_none_or(is_first);
        (self.tries[name].task, self.tries[name].fate) = (Some((task.to_owned(), source)), AttemptState::Task);
        self.tries[name].past = false;
        if becomes_main {
            (buy.main, buy.ended, buy.delivered, buy.waived) = (Some(name), None, false, false);
        }
        self.stand_as_latest(entry);
        if let Some(owner) = robbed {
            self.reopen(owner);
        }
        if becomes_main { Did::Recorded } else { Did::Duplicate }
    }

    /// An attempt loses its task, and is unknown.
    fn recall(&mut self, name: Name) {
        let attempt = &mut self.tries[name];
        (attempt.task, attempt.fate, attempt.past) = (None, AttemptState::Unknown, false);
    }

    /// An attempt has lost its task: where it was the entry's, the entry has another one or is open again.
    fn reopen(&mut self, name: Name) {
        let id = self.tries[name].entry;
        if self.buys[&id].main == Some(name) {
            let heir = self.buys[&id].tries.iter().copied().find(|other| *other != name && self.is_duplicate(*other));
            self.buys.entry(id).and_modify(|buy| (buy.main, buy.ended, buy.delivered) = (heir, None, false));
        }
        self.stand_as_latest(id);
    }

    pub(super) fn deliver(&mut self, id: EntryId, task: &str) {
        if self.buys.contains_key(&id) && self.task(id) == Some(task) {
            self.buys.entry(id).and_modify(|buy| buy.delivered = true);
        }
    }

    /// The attempt and the entry whose task this is.
    fn of_task(&self, task: &str) -> Option<(Name, EntryId)> {
        let name = self.owner(task)?;
        let id = self.tries[name].entry;
        (self.buys[&id].main == Some(name)).then_some((name, id))
    }

    /// Returns whether there is such an entry.
    pub(super) fn end(&mut self, task: &str, state: State) -> bool {
        let Some((_, id)) = self.of_task(task) else { return false };
        self.buys.entry(id).and_modify(|buy| (buy.ended, buy.delivered) = (Some(state), true));
        true
    }

    pub(super) fn lose(&mut self, task: &str) {
        let Some((name, id)) = self.of_task(task) else { return };
        if self.buys[&id].ended.is_none() {
            self.recall(name);
            self.reopen(name);
        }
    }

    /// Returns the entries that a purge of everything deletes, and forgets them.
    pub(super) fn purge(&mut self) -> Vec<EntryId> {
        let is_over = |id: &EntryId| {
            let buy = &self.buys[id];
            let is_empty = self.written(*id) == State::Ready && buy.purchase.key.is_none();
            (is_empty || (buy.main.is_some() && buy.ended.is_some() && buy.delivered)) && !self.has_duplicate(*id)
        };
        let over: Vec<EntryId> = self.buys.keys().copied().filter(is_over).collect();
        for id in &over {
            for name in self.buys.remove(id).map(|buy| buy.tries).unwrap_or_default() {
                self.tries[name].gone = true;
            }
        }
        over
    }
}
