use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use serde_json::Value;
use tokio::time::Instant;
use tracing::{Instrument, debug_span};

use super::error::Kind;
use super::ledger;
use super::pace::Slot;
use super::poll::{Polled, Progress};
use super::{Client, Error, Service, Snapshot, Wait};

/// What to keep of a task, to go on with it later or elsewhere: its id, of which service it is, and when it was created,
/// where that is known. With the time, polls are closest where the task is typically done.
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
    id: Box<str>,
    /// On the clock that waits go by.
    created: Option<Instant>,
    service: PhantomData<fn() -> S>,
}

impl<S: Service> TaskHandle<S> {
    pub(crate) fn new(id: String) -> Self {
        Self { id: id.into(), created: None, service: PhantomData }
    }

    pub(super) fn created_now(id: String) -> Self {
        Self { created: Some(Instant::now()), ..Self::new(id) }
    }

    /// Where the date lies before what the clock can tell, or has not come yet, it is not known.
    pub(super) fn created_at(id: String, date: SystemTime) -> Self {
        let age = SystemTime::now().duration_since(date).ok();
        Self { created: age.and_then(|age| Instant::now().checked_sub(age)), ..Self::new(id) }
    }

    /// The id that the service gave the task.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How long ago it was created, where that is known.
    pub(super) fn age(&self) -> Option<Duration> {
        self.created.map(|created| created.elapsed())
    }

    /// When it was created, in milliseconds of the Unix epoch.
    fn created_millis(&self) -> Option<u64> {
        let date = SystemTime::now().checked_sub(self.age()?)?;
        u64::try_from(date.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
    }
}

impl<S: Service> Serialize for TaskHandle<S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        let created = self.created_millis();
        let mut fields = serializer.serialize_struct("TaskHandle", 2 + usize::from(created.is_some()))?;
        fields.serialize_field("service", &S::api().id)?;
        fields.serialize_field("task", &self.id)?;
        if let Some(millis) = created {
            fields.serialize_field("created", &millis)?;
        }
        fields.end()
    }
}

impl<'de, S: Service> Deserialize<'de> for TaskHandle<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = BTreeMap::<String, Value>::deserialize(deserializer)?;
        let text = |key: &'static str| {
            let text = fields.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
            text.ok_or_else(|| de::Error::missing_field(key))
        };
        let service = text("service")?;
        if service != S::api().id {
            let message = format!("a handle of another service: `{service}`, and not `{}`", S::api().id);
            return Err(de::Error::custom(message));
        }
        let id = text("task")?.to_owned();
        let millis = fields.get("created").and_then(Value::as_u64);
        let created = millis.and_then(|millis| UNIX_EPOCH.checked_add(Duration::from_millis(millis)));
        Ok(match created {
            Some(date) => Self::created_at(id, date),
            None => Self::new(id),
        })
    }
}

impl<S: Service> Clone for TaskHandle<S> {
    fn clone(&self) -> Self {
        Self { id: self.id.clone(), created: self.created, service: PhantomData }
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
        f.debug_struct("TaskHandle").field("service", &S::api().id).field("task", &self.id).finish_non_exhaustive()
    }
}

/// A task that was paid for, and the client that follows it.
pub struct Task<S: Service> {
    client: Client<S>,
    handle: TaskHandle<S>,
}

impl<S: Service> Task<S> {
    pub(super) fn new(client: Client<S>, handle: TaskHandle<S>) -> Self {
        Self { client, handle }
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
        let span = debug_span!("poll", task = %self.id());
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
        if let Some(called) = &self.client.inner().called {
            called.board().ended(self.id());
        }
        self.client.inner().ledger.end(&S::api().id, self.id(), end, &last.status.to_string()).await;
    }

    pub(super) fn age(&self) -> Option<Duration> {
        self.handle.age()
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
        Self { client: self.client.clone(), handle: self.handle() }
    }
}

impl<S: Service> fmt::Debug for Task<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("client", &self.client).field("handle", &self.handle).finish()
    }
}
