use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::poll::Polled;
use super::{Client, Error, Service, Snapshot, Wait};
use crate::runtime::error::Kind;

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

    /// Asks once how the task is. Never sleeps.
    ///
    /// A task that has failed is a snapshot, too: ask [`Snapshot::is_failed`].
    ///
    /// # Errors
    ///
    /// Where the service does not answer, refuses, or does not know the task (which it may not yet, right after the
    /// submit). Every error has the handle.
    pub async fn poll(&self) -> Result<Snapshot<S>, Error<S>> {
        let polled = self.poll_once().await;
        let polled = polled.and_then(|polled| match polled {
            Polled::Snapshot(snapshot) => Ok(snapshot),
            Polled::NoSuchTask(code, message) => Err(Error::new(Kind::NoSuchTask).with_code(code, message)),
        });
        polled.map_err(|error| error.with_handle(Some(self.handle())))
    }

    pub(super) async fn poll_once(&self) -> Result<Polled<S>, Error<S>> {
        let poll = &S::api().poll;
        let mut address = self.client.address_of(&poll.path, self.id());
        if let Some(query) = &poll.query {
            address.query_pairs_mut().append_pair(query, self.id());
        }
        let envelope = self.client.get(address).await?;
        Polled::read(S::api(), envelope, |message| self.client.fit(message)).map_err(|it| self.client.refused(it))
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
