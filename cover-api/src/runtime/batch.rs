//! Many requests, or many tasks, at once.

use std::fmt;
use std::future::poll_fn;
use std::ops::AddAssign;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::stream::{self, FuturesUnordered};

use super::wait::Boxed;
use super::waiting::Waiting;
use super::{Client, Error, Request, Sending, Service, Snapshot, Task, TaskHandle};

/// So many sends of a batch are under way at once. Those beyond the pace of the key stand in line.
const MOST_SENDS: usize = 64;

impl<S: Service> Client<S> {
    /// Sends many requests, each as by [`send`](Self::send). One failure does not end the others.
    ///
    /// Requests are taken from the iterator as there is room for them, and nothing happens before the first
    /// [`Batch::next`].
    ///
    /// ```no_run
    /// use cover_api::runtime::Event;
    /// # async fn example(
    /// #     client: cover_api::Client,
    /// #     requests: Vec<cover_api::CoverRequest>,
    /// # ) {
    /// let mut batch = client.send_all(requests).and_wait();
    /// while let Some(event) = batch.next().await {
    ///     match event {
    ///         Event::Sent { index, task } => println!("{index} is task {}", task.id()), // keep task.handle()
    ///         Event::Done { index, snapshot } => println!("{index} has {} tracks", snapshot.tracks.len()),
    ///         Event::Error { index, error } => println!("{index}: {error}"),
    ///         _ => {}
    ///     }
    /// }
    /// println!("{}", batch.report()); // 100 requests: 98 sent (97 done, 1 failed, 0 open), 1 unknown, 1 not sent
    /// # }
    /// ```
    pub fn send_all<R>(&self, requests: impl IntoIterator<Item = R, IntoIter: Send + 'static>) -> Batch<S>
    where
        R: Request<Service = S> + 'static,
    {
        self.send_stream(stream::iter(requests))
    }

    /// Sends the requests of a stream as they come, as [`send_all`](Self::send_all) does.
    pub fn send_stream<R>(&self, requests: impl Stream<Item = R> + Send + 'static) -> Batch<S>
    where
        R: Request<Service = S> + 'static,
    {
        let client = self.clone();
        let sends = stream::StreamExt::map(requests, move |request| client.send(&request));
        Batch::new(self.clone(), Some(Box::pin(sends)))
    }

    /// Waits for many tasks, each as by [`Task::wait`]. One failure does not end the others.
    pub fn wait_all(&self, handles: impl IntoIterator<Item = TaskHandle<S>>) -> Batch<S> {
        let mut batch = Batch::new(self.clone(), None);
        for handle in handles {
            batch.waiting.push(batch.report.sent, self.resume(handle));
            batch.report.sent += 1;
        }
        batch.report.requests = batch.report.sent;
        batch
    }
}

/// Many requests or tasks under way. What becomes of them comes as it happens: a [`Stream`], or [`Batch::next`].
///
/// What is dropped half way loses no task that was given out, and a request that was being sent is of unknown outcome.
#[must_use = "nothing happens before `.next()`"]
pub struct Batch<S: Service> {
    client: Client<S>,
    sends: Option<Sends<S>>,
    sending: FuturesUnordered<Boxed<Sent<S>>>,
    waiting: Waiting<S>,
    waits: bool,
    report: Report,
}

/// How a send ended, with its place.
type Sent<S> = (usize, Result<Task<S>, Error<S>>);
type Sends<S> = Pin<Box<dyn Stream<Item = Sending<S>> + Send>>;

/// What has become of one request or task of a batch. `index` is its place in what was given, from 0 on.
#[non_exhaustive]
pub enum Event<S: Service> {
    /// The request was sent: this is its task.
    Sent {
        /// Its place.
        index: usize,
        /// The task; keep its handle.
        task: Task<S>,
    },
    /// The task is done.
    Done {
        /// Its place.
        index: usize,
        /// What the last poll saw.
        snapshot: Snapshot<S>,
    },
    /// It was not sent, nobody knows whether it was, its task has failed, or the wait for it has ended. Where nobody knows and
    /// callbacks come, the error's `found` gives the task once one tells of it.
    Error {
        /// Its place.
        index: usize,
        /// What happened.
        error: Error<S>,
    },
}

/// What has become of a batch. It adds up at any time: `requests` are those sent, unknown, not sent and still being sent;
/// of those sent, the ones that are not done, failed or open are still being waited for, if they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// So many requests were taken, or tasks given.
    pub requests: usize,
    /// So many have become a task whose id is known.
    pub sent: usize,
    /// Of so many the task is done.
    pub done: usize,
    /// Of so many the task has failed.
    pub failed: usize,
    /// Of so many the wait has ended, and the task may go on.
    pub open: usize,
    /// Of so many nobody knows whether they were charged.
    pub unknown: usize,
    /// So many were not sent, or refused: nothing was created.
    pub not_sent: usize,
}

impl<S: Service> Batch<S> {
    fn new(client: Client<S>, sends: Option<Sends<S>>) -> Self {
        let (sending, waiting) = (FuturesUnordered::new(), Waiting::new());
        Self { client, sends, sending, waiting, waits: false, report: Report::default() }
    }

    /// Waits for each task, too, once its request is sent.
    pub fn and_wait(mut self) -> Self {
        self.waits = true;
        self
    }

    /// What happens next; `None` once nothing is under way. A future that is dropped loses nothing: the next one goes on.
    pub async fn next(&mut self) -> Option<Event<S>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// What has become of all so far.
    #[must_use]
    pub fn report(&self) -> Report {
        self.report
    }

    /// Takes requests as long as there is room.
    fn fill(&mut self, context: &mut Context<'_>) {
        while self.sending.len() < MOST_SENDS {
            let Some(sends) = &mut self.sends else { return };
            match sends.as_mut().poll_next(context) {
                Poll::Pending => return,
                Poll::Ready(None) => self.sends = None,
                Poll::Ready(Some(sending)) => {
                    let index = self.report.requests;
                    self.report.requests += 1;
                    self.sending.push(Box::pin(async move { (index, sending.await) }));
                }
            }
        }
    }

    fn sent(&mut self, index: usize, result: Result<Task<S>, Error<S>>) -> Event<S> {
        match result {
            Ok(task) => {
                self.report.sent += 1;
                if self.waits {
                    self.waiting.push(index, task.clone());
                }
                Event::Sent { index, task }
            }
            Err(error) => {
                if error.is_outcome_unknown() {
                    self.report.unknown += 1;
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
        self.done += other.done;
        self.failed += other.failed;
        self.open += other.open;
        self.unknown += other.unknown;
        self.not_sent += other.not_sent;
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { requests, sent, done, failed, open, unknown, not_sent } = self;
        write!(f, "{requests} requests: {sent} sent ({done} done, {failed} failed, {open} open), ")?;
        write!(f, "{unknown} unknown, {not_sent} not sent")
    }
}

impl<S: Service> fmt::Debug for Event<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sent { index, task } => f.debug_struct("Sent").field("index", index).field("task", task).finish(),
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
