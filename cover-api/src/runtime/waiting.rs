//! Many waits in little room: those whose next poll is not due are parked, and only a few stand in line for their turn.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures_core::Stream;
use futures_util::stream::FuturesUnordered;
use futures_util::task::AtomicWaker;
use tokio::time::{Instant, Sleep, sleep_until};

use super::follow::Follow;
use super::update::{Boxed, Item, Update};
use super::{Error, Service, Snapshot, Task};

/// So many stand in line at least, and at most.
const LINE: [usize; 2] = [64, 256];

/// The waits of a batch.
pub(super) struct Waiting<S: Service> {
    start: Instant,
    parked: BTreeMap<Due, Box<Follow<S>>>,
    line: FuturesUnordered<Boxed<Polled<S>>>,
    timer: Option<Pin<Box<Sleep>>>,
    rung: Arc<Rung>,
}

/// When a parked wait is due, in nanoseconds of its batch, and its place in that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    at: u64,
    index: u32,
}

/// A wait after its next poll, with its place in the batch, and what there is to tell of it.
type Polled<S> = (u32, Box<Follow<S>>, Option<Item<S>>);

/// How a wait ended.
pub(super) type Ended<S> = (usize, Result<Snapshot<S>, Error<S>>);

/// Those of which a callback has told since the batch last looked.
#[derive(Debug, Default)]
struct Rung {
    dues: Mutex<Vec<Due>>,
    waker: AtomicWaker,
}

/// What a callback wakes for a parked wait.
struct Ring {
    due: Due,
    rung: Arc<Rung>,
}

impl<S: Service> Waiting<S> {
    pub(super) fn new() -> Self {
        let (parked, line, rung) = (BTreeMap::new(), FuturesUnordered::new(), Arc::default());
        Self { start: Instant::now(), parked, line, timer: None, rung }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parked.is_empty() && self.line.is_empty()
    }

    pub(super) fn push(&mut self, index: usize, task: Task<S>, timeout: Duration) {
        let follow = Follow::new(task, timeout, false);
        self.park(u32::try_from(index).unwrap_or(u32::MAX), Box::new(follow));
    }

    fn park(&mut self, index: u32, mut follow: Box<Follow<S>>) {
        follow.hear();
        let due = self.due(&follow, index);
        follow.wakes(|| Waker::from(Arc::new(Ring { due, rung: Arc::clone(&self.rung) })));
        // What came in between woke nobody.
        let due = if follow.hear() { self.due(&follow, index) } else { due };
        self.parked.insert(due, follow);
    }

    fn due(&self, follow: &Follow<S>, index: u32) -> Due {
        let after = follow.due(self.parked.len() + self.line.len() + 1).saturating_duration_since(self.start);
        Due { at: u64::try_from(after.as_nanos()).unwrap_or(u64::MAX), index }
    }

    /// The next wait that ends; pending also where there is none.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Ended<S>> {
        self.rung.waker.register(context.waker());
        loop {
            self.hear();
            if let Poll::Ready(Some((index, follow, item))) = Pin::new(&mut self.line).poll_next(context) {
                match item {
                    Some(Ok(Update::Stage(snapshot))) if snapshot.is_done() => {
                        return Poll::Ready((index as usize, Ok(snapshot)));
                    }
                    Some(Err(error)) => return Poll::Ready((index as usize, Err(error))),
                    Some(Ok(_)) | None => self.park(index, follow),
                }
            } else if !self.call_up() && self.sleep(context).is_pending() {
                return Poll::Pending;
            }
        }
    }

    /// Those of which a callback has told are due now.
    fn hear(&mut self) {
        for due in self.rung.take() {
            // One that is not there is in line, and has heard it itself, or has ended.
            if let Some(follow) = self.parked.remove(&due) {
                self.park(due.index, follow);
            }
        }
    }

    /// When the first may stand in line; `None` where nobody is parked or there is no room, which the line tells of.
    fn next_call(&self) -> Option<Instant> {
        let (_, first) = self.parked.first_key_value()?;
        (self.line.len() < first.places().clamp(LINE[0], LINE[1])).then(|| first.earliest())
    }

    /// Lets the first stand in line, where its time has come and there is room.
    fn call_up(&mut self) -> bool {
        if self.next_call().is_none_or(|at| at > Instant::now()) {
            return false;
        }
        let Some((Due { index, .. }, mut follow)) = self.parked.pop_first() else { return false };
        self.line.push(Box::pin(async move {
            let item = follow.once().await;
            (index, follow, item)
        }));
        true
    }

    /// Until the first may stand in line; for ever where that is not what is waited for.
    fn sleep(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(until) = self.next_call() else {
            self.timer = None;
            return Poll::Pending;
        };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(until)));
        if timer.deadline() != until {
            timer.as_mut().reset(until);
        }
        timer.as_mut().poll(context)
    }
}

impl Rung {
    fn take(&self) -> Vec<Due> {
        std::mem::take(&mut self.dues.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Wake for Ring {
    fn wake(self: Arc<Self>) {
        self.rung.dues.lock().unwrap_or_else(PoisonError::into_inner).push(self.due);
        self.rung.waker.wake();
    }
}
