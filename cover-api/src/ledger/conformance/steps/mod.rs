//! Random steps of several processes on one store.

mod charge;
mod compare;
mod send;
mod words;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::invariants::{Dump, Invariants, Step};
use super::model::{Model, Process};
use super::{Mismatch, Random, Suite, SuiteError, account, await_death, ensure};
use crate::ledger::{
    self as ledger, AttemptId, AttemptState, EntryId, EntryState, Fingerprint, Ledger, LedgerError, LedgerHandle,
};

const OPERATION: &str = "cover";
const KEYS: [&str; 3] = ["k0", "k1", "k2"];
const REQUESTS: [&str; 3] = ["r0", "r1", "r2"];
/// Tasks that only a faulty service or caller names.
const STRAY: [&str; 3] = ["stray-0", "stray-1", "stray-2"];

pub(super) async fn run<F, L>(suite: &Suite<F>, seed: u64, steps: u32) -> Result<(), SuiteError>
where
    F: AsyncFn() -> Result<L, LedgerError>,
    L: Ledger,
{
    let failure = |what: Mismatch, history| SuiteError { seed: Some(seed), what: what.0, history };
    let stores = suite.open_all().await.map_err(|what| failure(what, Vec::new()))?;
    let mut run = Run::new(seed, stores);
    for _ in 0..steps {
        if let Err(what) = run.step(suite).await {
            return Err(failure(what, run.history));
        }
    }
    Ok(())
}

fn fingerprint(request: &str) -> Fingerprint {
    Fingerprint::new(OPERATION, request.as_bytes())
}

/// One process with its handle of the store.
struct Running {
    process: Process,
    store: LedgerHandle,
}

/// The tasks that the service has really created.
#[derive(Default)]
struct ModelService {
    /// The task that an attempt became; by the attempt's index.
    truth: Vec<Option<String>>,
    /// Tasks created for each key since it was last purged, and for each request without a key.
    created: HashMap<(Option<String>, Fingerprint), usize>,
    /// Tasks of requests without a key that were delivered, or that no longer guard.
    delivered: HashMap<Fingerprint, HashSet<String>>,
}

/// The probabilities of a run. They differ between runs, so that each order of steps is likely in some of them.
struct Profile {
    /// Whether all sources tell the truth, and callers neither consent nor repeat failed tasks. Then no purchase is charged twice.
    is_honest: bool,
    keys: usize,
    requests: usize,
    /// Percentages of sends.
    keyed: usize,
    after_failure: usize,
    consenting: usize,
    /// The percentage of words of a task that index one that an attempt has already.
    repeated: usize,
}

impl Profile {
    fn new(random: &mut Random) -> Self {
        Self {
            is_honest: random.is_percent(30),
            keys: 1 + random.below(KEYS.len()),
            requests: 1 + random.below(REQUESTS.len()),
            keyed: [5, 50, 95][random.below(3)],
            after_failure: [10, 40, 80][random.below(3)],
            consenting: [10, 40, 80][random.below(3)],
            repeated: [10, 50, 80][random.below(3)],
        }
    }
}

struct Run {
    random: Random,
    profile: Profile,
    account: String,
    running: Vec<Running>,
    processes: Process,
    model: Model,
    entries: Vec<EntryId>,
    tasks: Vec<String>,
    dump: Dump,
    invariants: Invariants,
    service: ModelService,
    history: Vec<String>,
}

impl Run {
    fn new(seed: u64, stores: Vec<LedgerHandle>) -> Self {
        let running: Vec<Running> =
            stores.into_iter().enumerate().map(|(process, store)| Running { process, store }).collect();
        let mut random = Random(seed);
        Self {
            profile: Profile::new(&mut random),
            random,
            account: account("random"),
            processes: running.len(),
            running,
            model: Model::default(),
            entries: Vec::new(),
            tasks: STRAY.map(str::to_owned).to_vec(),
            dump: Dump::default(),
            invariants: Invariants::default(),
            service: ModelService::default(),
            history: Vec::new(),
        }
    }

    async fn step<F, L>(&mut self, suite: &Suite<F>) -> Result<(), Mismatch>
    where
        F: AsyncFn() -> Result<L, LedgerError>,
        L: Ledger,
    {
        let slot = self.random.below(self.running.len());
        let step = match self.random.below(100) {
            0..30 => self.send(slot).await?,
            30..62 => self.settle(slot).await?,
            62..70 => self.deliver(slot).await?,
            70..78 => self.end(slot).await?,
            78..82 => self.lose(slot).await?,
            82..87 => self.vanish(),
            87..93 => self.resolve(slot).await?,
            93..95 => self.purge(slot).await?,
            95..98 => self.list(slot).await?,
            _ if self.running.len() > 1 => self.kill(slot, suite).await?,
            _ => return Ok(()),
        };
        self.observe(slot, &step).await
    }

    fn tell(&mut self, slot: usize, what: &str) {
        self.history.push(format!("p{}: {what}", self.running[slot].process));
    }

    fn store(&self, slot: usize) -> &LedgerHandle {
        &self.running[slot].store
    }

    async fn purge(&mut self, slot: usize) -> Result<Step, Mismatch> {
        self.tell(slot, "purges");
        let keys: HashMap<EntryId, Option<String>> =
            self.model.entries.iter().map(|(id, buy)| (*id, buy.purchase.key.clone())).collect();
        let purged = self.model.purge();
        for key in purged.iter().filter_map(|id| keys[id].clone()) {
            self.service.created.retain(|(of, _), _| of.as_ref() != Some(&key));
        }
        let account = self.account.clone();
        let purge = move |rows: &mut dyn ledger::Rows| {
            // A later time than any that a row has.
            let before = rows.now() + Duration::from_secs(90);
            rows.purge(&account, OPERATION, before, usize::MAX)
        };
        let count = self.store(slot).run(purge).await?;
        ensure(count == purged.len() as u64, || format!("it purged {count}, and not {purged:?}"))?;
        Ok(Step::Purged)
    }

    async fn list(&mut self, slot: usize) -> Result<Step, Mismatch> {
        self.tell(slot, "lists what is unknown");
        let viewer = self.running[slot].process;
        let (mut listed, mut after) = (Vec::new(), EntryId(0));
        loop {
            let account = self.account.clone();
            let page = move |rows: &mut dyn ledger::Rows| ledger::unknown(rows, &account, OPERATION, after, 2);
            let ledger_page = self.store(slot).run(page).await?;
            let (page, next) = (ledger_page.entries, ledger_page.next);
            listed.extend(page.into_iter().map(|(entry, attempt)| (entry.id, attempt.id)));
            match next {
                Some(next) => after = next,
                None => break,
            }
        }
        let is_unknown = |id: &EntryId| self.model.state_for(*id, viewer) == EntryState::Unknown;
        let unknown = self.model.entries.iter().filter(|(id, _)| is_unknown(id));
        let wanted: Vec<_> = unknown.map(|(id, buy)| (*id, self.model.attempts[buy.current].id)).collect();
        ensure(listed == wanted, || format!("it listed {listed:?}, and not {wanted:?}"))?;
        Ok(Step::Other)
    }

    /// Ends a process, and starts another.
    async fn kill<F, L>(&mut self, slot: usize, suite: &Suite<F>) -> Result<Step, Mismatch>
    where
        F: AsyncFn() -> Result<L, LedgerError>,
        L: Ledger,
    {
        self.tell(slot, &format!("dies; p{} starts", self.processes));
        let Running { process, store } = self.running.remove(slot);
        drop(store);
        self.model.dead.insert(process);
        let running = Running { process: self.processes, store: suite.open().await? };
        self.processes += 1;
        let posting = self.dump.attempts.values().filter(|attempt| attempt.state == AttemptState::Posting);
        let of_dead =
            |id: AttemptId| self.model.attempts.iter().any(|attempt| attempt.id == id && attempt.process == process);
        for attempt in posting.filter(|attempt| of_dead(attempt.id)) {
            await_death(&running.store, attempt).await?;
        }
        self.running.insert(slot, running);
        Ok(Step::Other)
    }
}
