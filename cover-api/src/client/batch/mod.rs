//! Sends many requests, and waits for many tasks, at once.

mod event;
mod item;
mod report;

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, FuturesUnordered, StreamExt};

use super::{Answer, Client, Sending};
use crate::error::{Error, Failure};
use crate::follow::{Origin, WaitSet};
use crate::service::{Service, Snapshot, TaskHandle};
use crate::submit::Purchased;

pub use event::BatchEvent;
pub use item::BatchItem;
pub use report::BatchReport;

/// Number of concurrent sends. Those beyond the rate limit are queued.
const CONCURRENCY: usize = 64;
/// Number of requests that a task is expected to need, for the default timeout: its POST and a few polls.
const REQUESTS_PER_TASK: u32 = 4;

impl<S: Service> Client<S> {
    /// Sends many requests, each like [`send`](Self::send). An error of one does not affect the others.
    ///
    /// The items are requests, or pairs of an idempotency key and a request. With keys, you can run a batch again after its process
    /// was killed, and it posts only what was never posted.
    ///
    /// Nothing happens before the first [`Batch::next`]. Items are taken from the iterator only as earlier ones are sent.
    ///
    /// ```no_run
    /// use cover_api::runtime::BatchEvent;
    /// # async fn example(
    /// #     client: cover_api::Client,
    /// #     orders: Vec<(String, cover_api::CoverRequest)>,
    /// # ) {
    /// let mut batch = client.send_all(orders).and_wait();
    /// while let Some(event) = batch.next().await {
    ///     match event {
    ///         BatchEvent::Sent { index, task } => println!("{index} is task {}", task.id()),
    ///         BatchEvent::Existing { index, task, .. } => println!("{index} was task {} before", task.id()),
    ///         BatchEvent::Done { index, snapshot } => println!("{index} has {} tracks", snapshot.tracks.len()),
    ///         BatchEvent::Error { index, error } => println!("{index}: {error}"),
    ///         _ => {}
    ///     }
    /// }
    /// println!("{}", batch.report()); // 100 requests: 98 sent (97 done, 1 failed, 0 open), 1 unknown, 1 not sent
    /// # }
    /// ```
    pub fn send_all<I>(&self, items: impl IntoIterator<Item = I, IntoIter: Send + 'static>) -> Batch<S>
    where
        I: BatchItem<S> + 'static,
    {
        self.send_stream(stream::iter(items))
    }

    /// Sends the items of a stream as they arrive, like [`send_all`](Self::send_all).
    pub fn send_stream<I>(&self, items: impl Stream<Item = I> + Send + 'static) -> Batch<S>
    where
        I: BatchItem<S> + 'static,
    {
        let (client, expected) = (self.clone(), items.size_hint().0);
        let sends = items.map(move |item| item.send_by(&client));
        Batch::new(self.clone(), Some(Box::pin(sends)), expected)
    }

    /// Waits for many tasks, each like [`Task::wait`](super::Task::wait). An error of one does not affect the others.
    pub fn wait_all(&self, handles: impl IntoIterator<Item = TaskHandle<S>>) -> Batch<S> {
        let mut batch = Batch::new(self.clone(), None, 0);
        batch.handles = handles.into_iter().collect();
        batch.report.requests = batch.handles.len();
        batch.report.existing = batch.handles.len();
        batch
    }
}

/// Many requests or tasks in progress. [`next`](Self::next), or the [`Stream`], returns events as they happen.
///
/// Dropping a batch never causes a second charge: each of its sends is dropped as [`Client::send`] describes.
#[must_use = "nothing happens before `.next()`"]
pub struct Batch<S: Service> {
    client: Client<S>,
    sends: Option<Sends<S>>,
    sending: FuturesUnordered<BoxFuture<'static, SendResult>>,
    /// Tasks given to `wait_all` whose waits have not started.
    handles: Vec<TaskHandle<S>>,
    waiting: WaitSet<S>,
    waits: bool,
    /// Least number of items, by the hint of the stream.
    expected: usize,
    timeout: Option<Duration>,
    concurrency: usize,
    report: BatchReport,
}

/// The position of an item, and how its send ended.
type SendResult = (usize, Result<Purchased, Failure>);
type Sends<S> = Pin<Box<dyn Stream<Item = Sending<S>> + Send>>;

impl<S: Service> Batch<S> {
    fn new(client: Client<S>, sends: Option<Sends<S>>, expected: usize) -> Self {
        let (sending, waiting) = (FuturesUnordered::new(), WaitSet::new(Arc::clone(&client.operation)));
        let report = BatchReport::default();
        Self {
            client,
            sends,
            sending,
            handles: Vec::new(),
            waiting,
            waits: false,
            expected,
            timeout: None,
            concurrency: CONCURRENCY,
            report,
        }
    }

    /// Also waits for each task after its request is sent.
    pub fn and_wait(mut self) -> Self {
        self.waits = true;
        self
    }

    /// Sets how long to wait for each task. Defaults to the timeout in the spec, plus the time that the rate limit needs for the
    /// requests of the whole batch.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets the number of concurrent sends. Defaults to 64; 0 counts as 1. If the process is killed, at most this many outcomes are
    /// unknown.
    pub fn concurrency(mut self, sends: usize) -> Self {
        self.concurrency = sends.max(1);
        self
    }

    /// Waits for the next event. Returns `None` after the last one.
    ///
    /// It is cancel safe: dropping the future loses no event.
    pub async fn next(&mut self) -> Option<BatchEvent<S>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Returns the totals so far.
    #[must_use]
    pub fn report(&self) -> BatchReport {
        self.report
    }

    /// Starts the waits of `wait_all`, and starts sends up to the concurrency.
    fn fill(&mut self, context: &mut Context<'_>) {
        if !self.handles.is_empty() {
            let timeout = self.wait_timeout();
            for (index, handle) in std::mem::take(&mut self.handles).into_iter().enumerate() {
                self.waiting.push(index, handle, Origin::default(), timeout);
            }
        }
        while self.sending.len() < self.concurrency {
            let Some(sends) = &mut self.sends else { return };
            match sends.as_mut().poll_next(context) {
                Poll::Pending => return,
                Poll::Ready(None) => self.sends = None,
                Poll::Ready(Some(mut sending)) => {
                    let index = self.report.requests;
                    self.report.requests += 1;
                    self.sending
                        .push(Box::pin(async move { (index, poll_fn(|context| sending.poll_placed(context)).await) }));
                }
            }
        }
    }

    fn wait_timeout(&self) -> Duration {
        self.timeout.unwrap_or_else(|| {
            let tasks = u32::try_from(self.expected.max(self.report.requests)).unwrap_or(u32::MAX);
            let each = self.client.operation.account.rate_limit.spacing().saturating_mul(REQUESTS_PER_TASK);
            let timeout = self.client.operation.api.poll.as_ref().map_or(Duration::ZERO, |poll| poll.timeout);
            timeout.saturating_add(each.saturating_mul(tasks))
        })
    }

    fn send_ended(&mut self, index: usize, result: Result<Purchased, Failure>) -> BatchEvent<S> {
        match result {
            Ok(Purchased::Answer(answered)) => {
                self.report.sent += usize::from(answered.was_posted);
                self.report.existing += usize::from(!answered.was_posted);
                self.report.done += usize::from(answered.was_posted);
                self.report.ended += usize::from(!answered.was_posted);
                let answer = Answer::new(self.client.operation.api, answered);
                BatchEvent::Answered { index, answer }
            }
            Ok(Purchased::Task(placed)) => {
                let (was_posted, has_ended) = (placed.was_posted, placed.has_ended);
                let task = self.client.task(placed);
                self.report.sent += usize::from(was_posted);
                self.report.existing += usize::from(!was_posted);
                self.report.ended += usize::from(has_ended);
                if self.waits && !has_ended {
                    let timeout = self.wait_timeout();
                    self.waiting.push(index, task.handle(), task.origin(), timeout);
                }
                if was_posted {
                    BatchEvent::Sent { index, task }
                } else {
                    BatchEvent::Existing { index, task, has_ended }
                }
            }
            Err(failure) => {
                let is_unreadable = failure.is_unreadable();
                let error = Error::from(failure);
                if error.is_key_conflict() {
                    // It bought nothing itself, whatever became of the other request.
                    self.report.not_sent += 1;
                } else if error.is_outcome_unknown() {
                    self.report.unknown += 1;
                } else if error.is_in_progress() {
                    self.report.in_progress += 1;
                } else if is_unreadable {
                    self.report.unreadable += 1;
                } else {
                    self.report.not_sent += 1;
                }
                BatchEvent::Error { index, error }
            }
        }
    }

    fn wait_ended(&mut self, index: usize, result: Result<Snapshot<S>, Error<S>>) -> BatchEvent<S> {
        match result {
            Ok(snapshot) => {
                self.report.done += 1;
                BatchEvent::Done { index, snapshot }
            }
            Err(error) => {
                if error.is_failed() {
                    self.report.failed += 1;
                } else {
                    self.report.open += 1;
                }
                BatchEvent::Error { index, error }
            }
        }
    }
}

impl<S: Service> Stream for Batch<S> {
    type Item = BatchEvent<S>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.fill(context);
        if let Poll::Ready(Some((index, result))) = Pin::new(&mut self.sending).poll_next(context) {
            return Poll::Ready(Some(self.send_ended(index, result)));
        }
        if let Poll::Ready((index, result)) = self.waiting.poll(context) {
            return Poll::Ready(Some(self.wait_ended(index, result)));
        }
        let is_over = self.sends.is_none() && self.sending.is_empty() && self.waiting.is_empty();
        if is_over { Poll::Ready(None) } else { Poll::Pending }
    }
}

impl<S: Service> fmt::Debug for Batch<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("client", &self.client).field("report", &self.report).finish_non_exhaustive()
    }
}
