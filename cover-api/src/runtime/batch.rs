//! Many requests, or many tasks, at once.

use std::fmt;
use std::future::poll_fn;
use std::ops::AddAssign;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, FuturesUnordered, StreamExt};

use super::{Client, Error, Request, Sending, Service, Snapshot, Task, TaskHandle};
use crate::error::Failure;
use crate::follow::WaitSet;
use crate::submit::Placed;

/// Sends of a batch that are under way at once. Those beyond the rate limit are queued.
const MOST_SENDS: usize = 64;
/// Requests that each task of a batch is expected to need, for timeouts: its POST and a few polls.
const REQUESTS_EACH: u32 = 4;

/// What a batch can send: a request, or a pair of an idempotency key and a request.
#[diagnostic::on_unimplemented(
    message = "a batch cannot send this",
    label = "neither a request of this client's service, nor a pair of a key and one",
    note = "call `.build()?` on a builder first, and send what it gives"
)]
pub trait BatchItem<S: Service> {
    /// Begins to send it.
    #[doc(hidden)]
    fn send_by(&self, client: &Client<S>) -> Sending<S>;
}

impl<S: Service, R: Request<Service = S>> BatchItem<S> for R {
    fn send_by(&self, client: &Client<S>) -> Sending<S> {
        client.send(self)
    }
}

impl<S: Service, K: AsRef<str>, R: Request<Service = S>> BatchItem<S> for (K, R) {
    fn send_by(&self, client: &Client<S>) -> Sending<S> {
        client.send(&self.1).key(self.0.as_ref())
    }
}

impl<S: Service> Client<S> {
    /// Sends many requests, each as by [`send`](Self::send). One failure does not end the others.
    ///
    /// The items are requests, or pairs of an idempotency key and a request. Use keys: then a batch that was killed can be run
    /// again, and posts only what was never posted. Items are taken from the iterator as there is room for them, and nothing
    /// happens before the first [`Batch::next`].
    ///
    /// ```no_run
    /// use cover_api::runtime::Event;
    /// # async fn example(
    /// #     client: cover_api::Client,
    /// #     orders: Vec<(String, cover_api::CoverRequest)>,
    /// # ) {
    /// let mut batch = client.send_all(orders).and_wait();
    /// while let Some(event) = batch.next().await {
    ///     match event {
    ///         Event::Sent { index, task } => println!("{index} is task {}", task.id()),
    ///         Event::Existing { index, task, .. } => println!("{index} was task {} before", task.id()),
    ///         Event::Done { index, snapshot } => println!("{index} has {} tracks", snapshot.tracks.len()),
    ///         Event::Error { index, error } => println!("{index}: {error}"),
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

    /// Sends the items of a stream as they come, as [`send_all`](Self::send_all) does.
    pub fn send_stream<I>(&self, items: impl Stream<Item = I> + Send + 'static) -> Batch<S>
    where
        I: BatchItem<S> + 'static,
    {
        let (client, expected) = (self.clone(), items.size_hint().0);
        let sends = items.map(move |item| item.send_by(&client));
        Batch::new(self.clone(), Some(Box::pin(sends)), expected)
    }

    /// Waits for many tasks, each as by [`Task::wait`]. One failure does not end the others.
    pub fn wait_all(&self, handles: impl IntoIterator<Item = TaskHandle<S>>) -> Batch<S> {
        let mut batch = Batch::new(self.clone(), None, 0);
        batch.handles = handles.into_iter().collect();
        batch.report.requests = batch.handles.len();
        batch.report.existing = batch.handles.len();
        batch
    }
}

/// Many requests or tasks under way. What becomes of them comes as it happens: a [`Stream`], or [`Batch::next`].
///
/// A batch that is dropped half way pays for nothing twice: each of its sends is dropped as [`Client::send`] describes.
#[must_use = "nothing happens before `.next()`"]
pub struct Batch<S: Service> {
    client: Client<S>,
    sends: Option<Sends<S>>,
    sending: FuturesUnordered<BoxFuture<'static, Sent>>,
    /// Tasks that were given and are not waited for yet.
    handles: Vec<TaskHandle<S>>,
    waiting: WaitSet<S>,
    waits: bool,
    /// Items to be expected, as far as is known.
    expected: usize,
    timeout: Option<Duration>,
    concurrency: usize,
    report: Report,
}

/// How a send ended, with its place.
type Sent = (usize, Result<Placed, Failure>);
type Sends<S> = Pin<Box<dyn Stream<Item = Sending<S>> + Send>>;

/// What has become of one request or task of a batch. `index` is its place in what was given, from 0 on.
///
/// Each item has one event that says what became of its send, and in a batch that waits, one more for the end of its task.
#[non_exhaustive]
pub enum Event<S: Service> {
    /// The request was posted: this is its task.
    Sent {
        /// Its place.
        index: usize,
        /// The task; keep its handle.
        task: Task<S>,
    },
    /// The purchase had become this task before, and nothing was posted.
    Existing {
        /// Its place.
        index: usize,
        /// The task.
        task: Task<S>,
        /// Whether the ledger knows that the task has ended. It is not waited for then; poll it for its result.
        has_ended: bool,
    },
    /// The task is done.
    Done {
        /// Its place.
        index: usize,
        /// What the last poll saw.
        snapshot: Snapshot<S>,
    },
    /// The request was not sent, its outcome is unknown, its task has failed, or its wait has ended. If the outcome is unknown,
    /// [`Client::recover`] takes the error's recovery.
    Error {
        /// Its place.
        index: usize,
        /// What happened.
        error: Error<S>,
    },
}

/// What has become of a batch. It adds up at any time: `requests` are those sent, existing, unknown, in progress, not sent and
/// still being sent; of those sent and existing, the ones that are not done, failed, ended or open are still being waited for,
/// if they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Number of requests that were taken, or of tasks that were given.
    pub requests: usize,
    /// Number of requests that were posted and became a task.
    pub sent: usize,
    /// Number of requests that had become a task before, or of tasks that were given.
    pub existing: usize,
    /// Number of tasks that a wait has seen to be done.
    pub done: usize,
    /// Number of tasks that a wait has seen to have failed.
    pub failed: usize,
    /// Number of existing tasks that had ended before, and were not waited for.
    pub ended: usize,
    /// Number of tasks whose wait has ended while the task may go on.
    pub open: usize,
    /// Number of requests whose outcome is unknown.
    pub unknown: usize,
    /// Number of requests that another send is posting elsewhere.
    pub in_progress: usize,
    /// Number of requests that were not sent, or refused: nothing was created by them.
    pub not_sent: usize,
}

impl<S: Service> Batch<S> {
    fn new(client: Client<S>, sends: Option<Sends<S>>, expected: usize) -> Self {
        let (sending, waiting) = (FuturesUnordered::new(), WaitSet::new(Arc::clone(client.account())));
        let report = Report::default();
        Self {
            client,
            sends,
            sending,
            handles: Vec::new(),
            waiting,
            waits: false,
            expected,
            timeout: None,
            concurrency: MOST_SENDS,
            report,
        }
    }

    /// Waits for each task, too, once its request is sent.
    pub fn and_wait(mut self) -> Self {
        self.waits = true;
        self
    }

    /// How long to wait for each task. Otherwise, it is the spec's timeout of one task, and the time that the rate limit takes
    /// for the requests of all.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Number of sends that are under way at once; 64 otherwise, and at least 1. Where the process is killed, at most so many
    /// outcomes are unknown.
    pub fn concurrency(mut self, sends: usize) -> Self {
        self.concurrency = sends.max(1);
        self
    }

    /// What happens next; `None` once nothing is under way. A future that is dropped loses nothing: the next one goes on.
    pub async fn next(&mut self) -> Option<Event<S>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Returns what has become of all so far.
    #[must_use]
    pub fn report(&self) -> Report {
        self.report
    }

    /// Takes requests as long as there is room, and begins to wait for tasks that were given.
    fn fill(&mut self, context: &mut Context<'_>) {
        if !self.handles.is_empty() {
            let timeout = self.wait_timeout();
            for (index, handle) in std::mem::take(&mut self.handles).into_iter().enumerate() {
                self.waiting.push(index, handle, timeout);
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
            let each = self.client.account().rate_limit.spacing().saturating_mul(REQUESTS_EACH);
            S::api().poll.deadline.saturating_add(each.saturating_mul(tasks))
        })
    }

    fn sent(&mut self, index: usize, result: Result<Placed, Failure>) -> Event<S> {
        match result {
            Ok(placed) => {
                let (was_posted, has_ended) = (placed.was_posted, placed.has_ended);
                let task = self.client.placed(placed);
                self.report.sent += usize::from(was_posted);
                self.report.existing += usize::from(!was_posted);
                self.report.ended += usize::from(has_ended);
                if self.waits && !has_ended {
                    let timeout = self.wait_timeout();
                    self.waiting.push(index, task.handle(), timeout);
                }
                if was_posted { Event::Sent { index, task } } else { Event::Existing { index, task, has_ended } }
            }
            Err(failure) => {
                let error = Error::from(failure);
                if error.is_outcome_unknown() {
                    self.report.unknown += 1;
                } else if error.is_in_progress() {
                    self.report.in_progress += 1;
                } else {
                    self.report.not_sent += 1;
                }
                Event::Error { index, error }
            }
        }
    }

    fn ended(&mut self, index: usize, result: Result<Snapshot<S>, Error<S>>) -> Event<S> {
        match result {
            Ok(snapshot) => {
                self.report.done += 1;
                Event::Done { index, snapshot }
            }
            Err(error) => {
                if error.is_failed() {
                    self.report.failed += 1;
                } else {
                    self.report.open += 1;
                }
                Event::Error { index, error }
            }
        }
    }
}

impl<S: Service> Stream for Batch<S> {
    type Item = Event<S>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.fill(context);
        if let Poll::Ready(Some((index, result))) = Pin::new(&mut self.sending).poll_next(context) {
            return Poll::Ready(Some(self.sent(index, result)));
        }
        if let Poll::Ready((index, result)) = self.waiting.poll(context) {
            return Poll::Ready(Some(self.ended(index, result)));
        }
        let is_over = self.sends.is_none() && self.sending.is_empty() && self.waiting.is_empty();
        if is_over { Poll::Ready(None) } else { Poll::Pending }
    }
}

impl AddAssign for Report {
    fn add_assign(&mut self, other: Self) {
        self.requests += other.requests;
        self.sent += other.sent;
        self.existing += other.existing;
        self.done += other.done;
        self.failed += other.failed;
        self.ended += other.ended;
        self.open += other.open;
        self.unknown += other.unknown;
        self.in_progress += other.in_progress;
        self.not_sent += other.not_sent;
    }
}

/// Counts of zero are left out, except for sent, unknown and not sent.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { requests, sent, existing, done, failed, ended, open, unknown, in_progress, not_sent } = self;
        write!(f, "{requests} requests: {sent} sent")?;
        if *existing > 0 {
            write!(f, ", {existing} existing")?;
        }
        write!(f, " ({done} done, {failed} failed, ")?;
        if *ended > 0 {
            write!(f, "{ended} ended before, ")?;
        }
        write!(f, "{open} open), {unknown} unknown, ")?;
        if *in_progress > 0 {
            write!(f, "{in_progress} in progress elsewhere, ")?;
        }
        write!(f, "{not_sent} not sent")
    }
}

impl<S: Service> fmt::Debug for Event<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sent { index, task } => f.debug_struct("Sent").field("index", index).field("task", task).finish(),
            Self::Existing { index, task, has_ended } => f
                .debug_struct("Existing")
                .field("index", index)
                .field("task", task)
                .field("has_ended", has_ended)
                .finish(),
            Self::Done { index, snapshot } => {
                f.debug_struct("Done").field("index", index).field("snapshot", snapshot).finish()
            }
            Self::Error { index, error } => {
                f.debug_struct("Error").field("index", index).field("error", error).finish()
            }
        }
    }
}

impl<S: Service> fmt::Debug for Batch<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("client", &self.client).field("report", &self.report).finish_non_exhaustive()
    }
}
