use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use tokio::time::Instant;
use tracing::{Instrument, debug_span};

use super::error::Kind;
use super::ledger;
use super::pace::Slot;
use super::poll::{Polled, Progress};
use super::{Client, Error, Service, Snapshot, Wait};

/// What to keep of a task, to go on with it later or elsewhere: its id, and of which service it is.
///
/// ```
/// use cover_api::TaskHandle;
///
/// let handle: TaskHandle = serde_json::from_str(r#"{"service":"sunoapi.org/upload-cover","task":"5c79"}"#)?;
/// assert_eq!(handle.id(), "5c79");
///
/// let other = serde_json::from_str::<TaskHandle>(r#"{"service":"speech.example","task":"5c79"}"#);
/// assert!(other.unwrap_err().to_string().contains("of another service"));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub struct TaskHandle<S: Service> {
    id: String,
    service: PhantomData<fn() -> S>,
}

impl<S: Service> TaskHandle<S> {
    pub(super) fn new(id: String) -> Self {
        Self { id, service: PhantomData }
    }

    /// The id that the service gave the task.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl<S: Service> Serialize for TaskHandle<S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        let mut fields = serializer.serialize_struct("TaskHandle", 2)?;
        fields.serialize_field("service", &S::api().id)?;
        fields.serialize_field("task", &self.id)?;
        fields.end()
    }
}

impl<'de, S: Service> Deserialize<'de> for TaskHandle<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = BTreeMap::<String, String>::deserialize(deserializer)?;
        let service = fields.remove("service").ok_or_else(|| de::Error::missing_field("service"))?;
        if service != S::api().id {
            let message = format!("a handle of another service: `{service}`, and not `{}`", S::api().id);
            return Err(de::Error::custom(message));
        }
        let id = fields.remove("task").filter(|id| !id.is_empty());
        id.map(Self::new).ok_or_else(|| de::Error::missing_field("task"))
    }
}

impl<S: Service> Clone for TaskHandle<S> {
    fn clone(&self) -> Self {
        Self::new(self.id.clone())
    }
}

impl<S: Service> PartialEq for TaskHandle<S> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl<S: Service> Eq for TaskHandle<S> {}

impl<S: Service> Hash for TaskHandle<S> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl<S: Service> fmt::Debug for TaskHandle<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskHandle").field("service", &S::api().id).field("task", &self.id).finish()
    }
}

/// A task that was paid for, and the client that follows it.
pub struct Task<S: Service> {
    client: Client<S>,
    handle: TaskHandle<S>,
    /// When the answer to its POST came, where that was this client's.
    created: Option<Instant>,
}

impl<S: Service> Task<S> {
    pub(super) fn new(client: Client<S>, handle: TaskHandle<S>, created: Option<Instant>) -> Self {
        Self { client, handle, created }
    }

    /// The id that the service gave the task.
    #[must_use]
    pub fn id(&self) -> &str {
        self.handle.id()
    }

    /// What to keep of the task; [`Client::resume`] takes it.
    #[must_use]
    pub fn handle(&self) -> TaskHandle<S> {
        self.handle.clone()
    }

    /// Asks once how the task is. Never sleeps: where the pace of the key allows no request now, that is an error.
    ///
    /// A task that has failed is a snapshot, too: ask [`Snapshot::is_failed`].
    ///
    /// # Errors
    ///
    /// Where the service does not answer, refuses, or does not know the task (which it may not yet, right after the
    /// submit); [`Error::is_rate_limited`] where nothing was asked, since the budget is used up. Every error has the handle.
    pub async fn poll(&self) -> Result<Snapshot<S>, Error<S>> {
        let slot = self.client.inner().pace.turn_now(self.id());
        let polled = match slot {
            Ok(slot) => self.poll_with(slot).await,
            Err(wait) => Err(Error::new(Kind::NoTurn(wait))),
        };
        let polled = polled.and_then(|polled| match polled {
            Polled::Snapshot(snapshot) => Ok(snapshot),
            Polled::NoSuchTask(code, message) => Err(Error::new(Kind::NoSuchTask).with_code(code, message)),
        });
        polled.map_err(|error| error.with_handle(Some(self.handle())))
    }

    pub(super) async fn poll_with(&self, slot: Slot) -> Result<Polled<S>, Error<S>> {
        let span = debug_span!("poll", task = self.id());
        let poll = &S::api().poll;
        let mut address = self.client.address_of(&poll.path, self.id());
        if let Some(query) = &poll.query {
            address.query_pairs_mut().append_pair(query, self.id());
        }
        self.client.inner().counters.polls.add();
        let envelope = self.client.get(address, slot).instrument(span).await?;
        Polled::read(S::api(), envelope, |message| self.client.fit(message)).map_err(|it| self.client.refused(it))
    }

    /// Writes down that the task has ended.
    pub(super) async fn conclude(&self, last: &Snapshot<S>) {
        let counters = &self.client.inner().counters;
        let end = match last.progress() {
            Progress::Running(_) => return,
            Progress::Done => {
                counters.done.add();
                ledger::End::Done
            }
            Progress::Failed => {
                counters.failed.add();
                ledger::End::Failed
            }
        };
        self.client.inner().ledger.end(&S::api().id, self.id(), end, &last.status.to_string()).await;
    }

    /// How long ago it was created, where that is known.
    pub(super) fn age(&self) -> Option<std::time::Duration> {
        self.created.map(|created| created.elapsed())
    }

    /// Waits until the task is done: await it, or follow its [`updates`](Wait::updates).
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # async fn example(task: cover_api::Task) -> Result<(), cover_api::Error> {
    /// let cover = task.wait().deadline(Duration::from_secs(300)).await?;
    /// println!("{} tracks", cover.tracks.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait(&self) -> Wait<S> {
        Wait::new(self.clone())
    }

    pub(super) fn client(&self) -> &Client<S> {
        &self.client
    }
}

impl<S: Service> Clone for Task<S> {
    fn clone(&self) -> Self {
        Self { client: self.client.clone(), handle: self.handle(), created: self.created }
    }
}

impl<S: Service> fmt::Debug for Task<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("client", &self.client).field("handle", &self.handle).finish_non_exhaustive()
    }
}
