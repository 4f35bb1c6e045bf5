//! Many waits in little memory. A wait is parked until its next poll is due, and only a few are queued for a permit at once.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures_core::Stream;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::task::AtomicWaker;
use tokio::time::{Instant, Sleep, sleep_until};

use super::origin::Origin;
use super::poller::Poller;
use super::update::{Item, Update};
use crate::account::Operation;
use crate::error::Error;
use crate::service::{Service, Snapshot, TaskHandle};

/// Bounds of the number of active waits: those queued for a permit, and those with a poll in flight.
const ACTIVE: [usize; 2] = [64, 256];

/// The waits of a batch. Each one is either parked or active.
pub(crate) struct WaitSet<S: Service> {
    operation: Arc<Operation>,
    start: Instant,
    parked: BTreeMap<Due, Box<Poller<S>>>,
    /// When each parked wait ends, with its key in `parked`.
    ends: BTreeMap<Due, Due>,
    active: FuturesUnordered<BoxFuture<'static, AfterPoll<S>>>,
    timer: Option<Pin<Box<Sleep>>>,
    wake_ups: Arc<WakeUps>,
}

/// When a parked wait is due, in nanoseconds since the start of the batch, and its index in the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    at: u64,
    index: u32,
}

/// A wait after a poll: its index in the batch, itself, and its update, if any.
type AfterPoll<S> = (u32, Box<Poller<S>>, Option<Item<S>>);

/// The result of a wait, with its index in the batch.
pub(crate) type EndedWait<S> = (usize, Result<Snapshot<S>, Error<S>>);

/// The parked waits that callbacks have woken since the batch was last polled.
#[derive(Debug, Default)]
struct WakeUps {
    dues: Mutex<Vec<Due>>,
    waker: AtomicWaker,
}

/// The waker of one parked wait.
struct WakeUp {
    due: Due,
    all: Arc<WakeUps>,
}

impl<S: Service> WaitSet<S> {
    pub(crate) fn new(operation: Arc<Operation>) -> Self {
        let (parked, ends, active, wake_ups) =
            (BTreeMap::new(), BTreeMap::new(), FuturesUnordered::new(), Arc::default());
        Self { operation, start: Instant::now(), parked, ends, active, timer: None, wake_ups }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.parked.is_empty() && self.active.is_empty()
    }

    pub(crate) fn push(&mut self, index: usize, handle: TaskHandle<S>, origin: Origin, timeout: Duration) {
        self.add(index, Poller::new(Arc::clone(&self.operation), handle, origin, timeout, false));
    }

    /// Adds a wait for a task that this process has adopted. The caller records its end.
    pub(crate) fn push_adopted(&mut self, index: usize, handle: TaskHandle<S>, origin: Origin, timeout: Duration) {
        self.add(index, Poller::new(Arc::clone(&self.operation), handle, origin, timeout, false).leaving_end());
    }

    fn add(&mut self, index: usize, poller: Poller<S>) {
        let index = u32::try_from(index).expect("a batch has fewer than 2^32 waits");
        self.park(index, Box::new(poller));
    }

    fn park(&mut self, index: u32, mut poller: Box<Poller<S>>) {
        poller.check_inbox();
        let due = self.due(&poller, index);
        poller.set_waker(|| Waker::from(Arc::new(WakeUp { due, all: Arc::clone(&self.wake_ups) })));
        // A callback that came before the waker was set has woken nothing.
        let due = if poller.check_inbox() { self.due(&poller, index) } else { due };
        self.ends.insert(self.at(poller.end(), index), due);
        self.parked.insert(due, poller);
    }

    fn unpark(&mut self, due: Due) -> Option<Box<Poller<S>>> {
        let poller = self.parked.remove(&due)?;
        self.ends.remove(&self.at(poller.end(), due.index));
        Some(poller)
    }

    fn due(&self, poller: &Poller<S>, index: u32) -> Due {
        self.at(poller.due(self.parked.len() + self.active.len() + 1), index)
    }

    fn at(&self, at: Instant, index: u32) -> Due {
        let after = at.saturating_duration_since(self.start);
        Due { at: u64::try_from(after.as_nanos()).unwrap_or(u64::MAX), index }
    }

    /// Returns the next wait that ends. It is also pending while the set is empty.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<EndedWait<S>> {
        self.wake_ups.waker.register(context.waker());
        loop {
            self.take_wake_ups();
            if let Some(ended) = self.expire() {
                return Poll::Ready(ended);
            }
            if let Poll::Ready(Some((index, poller, item))) = Pin::new(&mut self.active).poll_next(context) {
                match item {
                    Some(Ok(Update::Stage(snapshot))) if snapshot.is_done() => {
                        return Poll::Ready((index as usize, Ok(snapshot)));
                    }
                    Some(Err(error)) => return Poll::Ready((index as usize, Err(error))),
                    Some(Ok(_)) | None => self.park(index, poller),
                }
            } else if !self.activate() && self.sleep(context).is_pending() {
                return Poll::Pending;
            }
        }
    }

    /// Makes the waits that callbacks have woken due now.
    fn take_wake_ups(&mut self) {
        for due in self.wake_ups.take() {
            // A wait that is not parked is active and checks the inbox itself, or has ended.
            if let Some(poller) = self.unpark(due) {
                self.park(due.index, poller);
            }
        }
    }

    /// Ends a parked wait whose timeout has passed, if any.
    fn expire(&mut self) -> Option<EndedWait<S>> {
        let (end, due) = self.ends.first_key_value().map(|(end, due)| (*end, *due))?;
        let mut poller = (self.start + Duration::from_nanos(end.at) <= Instant::now()).then(|| self.unpark(due))??;
        Some((due.index as usize, Err(poller.timed_out())))
    }

    /// Returns when the next wait may become active, or `None` if no wait is parked or too many are active.
    fn next_activation(&self) -> Option<Instant> {
        let (_, first) = self.parked.first_key_value()?;
        (self.active.len() < first.places().clamp(ACTIVE[0], ACTIVE[1])).then(|| first.earliest())
    }

    /// Activates the first parked wait, if it is due and few enough are active. Returns whether it did.
    fn activate(&mut self) -> bool {
        if self.next_activation().is_none_or(|at| at > Instant::now()) {
            return false;
        }
        let first = self.parked.first_key_value().map(|(due, _)| *due);
        let Some((due, mut poller)) = first.and_then(|due| Some((due, self.unpark(due)?))) else { return false };
        self.active.push(Box::pin(async move {
            let item = poller.poll_once().await;
            (due.index, poller, item)
        }));
        true
    }

    /// Sleeps until the next wait may become active or a parked one ends; forever if neither is expected.
    fn sleep(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let end = self.ends.first_key_value().map(|(end, _)| self.start + Duration::from_nanos(end.at));
        let Some(until) = self.next_activation().into_iter().chain(end).min() else {
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

impl WakeUps {
    fn take(&self) -> Vec<Due> {
        std::mem::take(&mut self.dues.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Wake for WakeUp {
    fn wake(self: Arc<Self>) {
        self.all.dues.lock().unwrap_or_else(PoisonError::into_inner).push(self.due);
        self.all.waker.wake();
    }
}
