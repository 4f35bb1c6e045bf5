//! Many waits in little room: those whose next poll is not due are parked, and only a few stand in line for their turn.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, Sleep, sleep_until};

use super::follow::Follow;
use super::wait::{Boxed, Item};
use super::{Error, Service, Snapshot, Task, Update};

/// So many stand in line at least, and at most.
const LINE: [usize; 2] = [64, 256];

/// The waits of a batch.
pub(super) struct Waiting<S: Service> {
    parked: BinaryHeap<Parked<S>>,
    line: FuturesUnordered<Boxed<Polled<S>>>,
    timer: Option<Pin<Box<Sleep>>>,
}

/// One wait, and its place in the batch.
struct One<S: Service> {
    index: usize,
    follow: Follow<S>,
}

struct Parked<S: Service> {
    due: Instant,
    one: Box<One<S>>,
}

/// A wait after its next poll, and what there is to tell of it.
type Polled<S> = (Box<One<S>>, Option<Item<S>>);

/// How a wait ended.
pub(super) type Ended<S> = (usize, Result<Snapshot<S>, Error<S>>);

impl<S: Service> Waiting<S> {
    pub(super) fn new() -> Self {
        Self { parked: BinaryHeap::new(), line: FuturesUnordered::new(), timer: None }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parked.is_empty() && self.line.is_empty()
    }

    pub(super) fn push(&mut self, index: usize, task: Task<S>) {
        let follow = Follow::new(task, S::api().poll.deadline, false);
        self.park(Box::new(One { index, follow }));
    }

    fn park(&mut self, one: Box<One<S>>) {
        let due = one.follow.due(self.parked.len() + self.line.len() + 1);
        self.parked.push(Parked { due, one });
    }

    /// The next wait that ends; pending also where there is none.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Ended<S>> {
        loop {
            if let Poll::Ready(Some((one, item))) = Pin::new(&mut self.line).poll_next(context) {
                match item {
                    Some(Ok(Update::Stage(snapshot))) if snapshot.is_done() => {
                        return Poll::Ready((one.index, Ok(snapshot)));
                    }
                    Some(Err(error)) => return Poll::Ready((one.index, Err(error))),
                    Some(Ok(_)) | None => self.park(one),
                }
            } else if !self.call_up() && self.sleep(context).is_pending() {
                return Poll::Pending;
            }
        }
    }

    /// When the first may stand in line; `None` where nobody is parked or there is no room, which the line tells of.
    fn next_call(&self) -> Option<Instant> {
        let first = &self.parked.peek()?.one.follow;
        (self.line.len() < first.places().clamp(LINE[0], LINE[1])).then(|| first.earliest())
    }

    /// Lets the first stand in line, where its time has come and there is room.
    fn call_up(&mut self) -> bool {
        if self.next_call().is_none_or(|at| at > Instant::now()) {
            return false;
        }
        let Some(Parked { mut one, .. }) = self.parked.pop() else { return false };
        self.line.push(Box::pin(async move {
            let item = one.follow.once().await;
            (one, item)
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

impl<S: Service> Ord for Parked<S> {
    /// The heap has its greatest first, which is to be the one that is due first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.due.cmp(&self.due)
    }
}

impl<S: Service> PartialOrd for Parked<S> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<S: Service> PartialEq for Parked<S> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<S: Service> Eq for Parked<S> {}
