use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::{RequestBuilder, Response};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use super::envelope::{self, Envelope, Unreadable};
use super::error::{Kind, Seen};
use super::http::{self, Body, End};
use super::submit::{Reply, Submitted};
use super::wait::Boxed;
use super::{ClientBuilder, CodeMeaning, Error, Request, Service, Task, TaskHandle};
use crate::{Link, read, redact};

/// Sends requests to a service and follows their tasks.
///
/// Cloning is cheap: all clones share connections.
pub struct Client<S: Service> {
    inner: Arc<Inner>,
    service: PhantomData<fn() -> S>,
}

/// What all clones of a client share.
pub(super) struct Inner {
    pub(super) submits: reqwest::Client,
    pub(super) polls: reqwest::Client,
    pub(super) downloads: reqwest::Client,
    pub(super) key: SecretString,
    pub(super) base: Url,
    pub(super) every: [Duration; 2],
}

impl<S: Service> Client<S> {
    pub(super) fn of(inner: Inner) -> Self {
        Self { inner: Arc::new(inner), service: PhantomData }
    }

    /// A client of the service at the address that the spec gives.
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build`].
    pub fn new(key: impl Into<SecretString>) -> Result<Self, Error<S>> {
        Self::builder(key).build()
    }

    /// Sets a client up.
    pub fn builder(key: impl Into<SecretString>) -> ClientBuilder<S> {
        ClientBuilder::new(key.into())
    }

    /// A client with the key and, where it is set, the base address from the environment variables that the spec names
    /// (`COVER_API_KEY` and `COVER_API_URL` in the one that this crate ships).
    ///
    /// # Errors
    ///
    /// [`Error::is_setup`] where the key is not set, and the errors of [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error<S>> {
        ClientBuilder::from_env()?.build()
    }

    /// Sends a request, **once**, and gives the task that it started. This is what costs credits.
    ///
    /// Keep [`Task::handle`] before waiting: it finds the task again.
    ///
    /// # Errors
    ///
    /// [`Error::may_have_been_charged`] tells apart what may be sent again from what may not. A future that is dropped
    /// before it gives a result may have been charged, too.
    pub fn send<R: Request<Service = S>>(&self, request: &R) -> Sending<S> {
        let client = self.clone();
        let body = serde_json::to_vec(request);
        Sending(Box::pin(async move {
            match body {
                Ok(body) => client.submit(body).await,
                Err(error) => Err(Error::new(Kind::Unwritable).with_source(error)),
            }
        }))
    }

    async fn submit(&self, body: Vec<u8>) -> Result<Task<S>, Error<S>> {
        let address = self.address(&S::api().submit.path);
        let post = self.inner.submits.post(address).header("content-type", "application/json").body(body);
        let response = match self.authorized(post).send().await {
            Ok(response) => response,
            // Only the way to the service failed: not a byte of the request was written.
            Err(error) if error.is_connect() || error.is_builder() => {
                return Err(Error::new(Kind::NotSent).with_source(error.without_url()));
            }
            Err(error) => {
                return Err(Error::new(Kind::OutcomeUnknown(Seen::Nothing)).with_source(error.without_url()));
            }
        };
        let status = response.status().as_u16();
        let Body { bytes, end } = http::read(response, http::MOST_REPLY).await;
        self.submitted(Reply::judge(S::api(), status, &bytes, &end), end)
    }

    fn submitted(&self, judged: Submitted, end: End) -> Result<Task<S>, Error<S>> {
        let (kind, code, task) = match judged {
            Submitted::Task(id) => return Ok(self.resume(TaskHandle::new(id))),
            Submitted::Refused(code) => (Kind::Refused, code, None),
            Submitted::Throttled(status) => {
                return Err(Error::new(Kind::Refused).with_meaning(status, CodeMeaning::RateLimited));
            }
            Submitted::Redirected(status) => {
                return Err(Error::new(Kind::BadAnswer(Seen::Status(status, None))));
            }
            Submitted::Unknown { seen, code, task } => (Kind::OutcomeUnknown(seen), code, task),
        };
        let mut error = Error::new(kind).with_handle(task.map(TaskHandle::new));
        if let Some((code, message)) = code {
            error = error.with_code(code, self.fit(message));
        }
        if let End::Broken(source) = end {
            error = error.with_source(source);
        }
        Err(error)
    }

    /// Goes on with a task by its handle. Nothing is sent.
    #[must_use]
    pub fn resume(&self, handle: TaskHandle<S>) -> Task<S> {
        Task::new(self.clone(), handle)
    }

    /// How many credits are left.
    ///
    /// # Errors
    ///
    /// Where the service does not answer, refuses, or gives no number.
    pub async fn credits(&self) -> Result<f64, Error<S>> {
        let no_amount = || Error::new(Kind::BadAnswer(Seen::NoAmount));
        let credits = S::api().credits.as_ref().ok_or_else(no_amount)?;
        let envelope = self.get(self.address(&credits.path)).await?;
        if !envelope::is_success(S::api(), envelope.code) {
            return Err(self.refused(envelope));
        }
        read::at(&envelope.body, &credits.amount).and_then(Value::as_f64).ok_or_else(no_amount)
    }

    /// Downloads what a track's address leads to, at most 1 GiB. The key is not sent.
    ///
    /// # Errors
    ///
    /// Where the address gives anything but a whole file.
    pub async fn download(&self, link: &Link) -> Result<Vec<u8>, Error<S>> {
        let request = self.inner.downloads.get(link.as_str());
        let response = request.send().await.map_err(no_answer)?;
        let status = response.status();
        if !status.is_success() {
            return Err(Error::new(Kind::BadAnswer(Seen::Status(status.as_u16(), None))));
        }
        let Body { bytes, end } = http::read(response, http::MOST_DOWNLOAD).await;
        let broken = |why| Error::new(Kind::BadAnswer(Seen::Status(status.as_u16(), Some(why))));
        match end {
            End::Complete => Ok(bytes),
            End::TooLarge => Err(broken(Unreadable::TooLarge)),
            End::Broken(source) => Err(broken(Unreadable::CutShort).with_source(source)),
        }
    }

    /// One GET for an envelope, whatever its code.
    pub(super) async fn get(&self, address: Url) -> Result<Envelope, Error<S>> {
        let response: Response = self.authorized(self.inner.polls.get(address)).send().await.map_err(no_answer)?;
        let status = response.status().as_u16();
        let Body { bytes, end } = http::read(response, http::MOST_REPLY).await;
        let bad = |why| Error::new(Kind::BadAnswer(Seen::Status(status, Some(why))));
        match end {
            End::Complete => Envelope::read(S::api(), status, &bytes).map_err(bad),
            End::TooLarge => Err(bad(Unreadable::TooLarge)),
            End::Broken(source) => Err(bad(Unreadable::CutShort).with_source(source)),
        }
    }

    pub(super) fn refused(&self, envelope: Envelope) -> Error<S> {
        Error::new(Kind::Refused).with_code(envelope.code, self.fit(envelope.message))
    }

    /// A message of the service, fit to be shown.
    pub(super) fn fit(&self, message: Option<String>) -> Option<String> {
        message.map(|message| redact::text(&message, self.inner.key.expose_secret()))
    }

    pub(super) fn address(&self, path: &str) -> Url {
        let mut address = self.inner.base.clone();
        let base = address.path().trim_end_matches('/').to_owned();
        address.set_path(&(base + path));
        address
    }

    /// The address of a path in which the id of a task may stand. Whatever the id holds, it is one segment of the path.
    pub(super) fn address_of(&self, path: &str, task: &str) -> Url {
        let id: String = url::form_urlencoded::byte_serialize(task.as_bytes()).collect();
        self.address(&path.replacen("{task}", &id.replace('+', "%20"), 1))
    }

    fn authorized(&self, request: RequestBuilder) -> RequestBuilder {
        let api = S::api();
        let text = format!("{} {}", api.auth_scheme, self.inner.key.expose_secret());
        match HeaderValue::from_str(text.trim_start()) {
            Ok(mut value) => {
                value.set_sensitive(true);
                request.header(&*api.auth_header, value)
            }
            // The key was checked when the client was made.
            Err(_) => request,
        }
    }

    pub(super) fn every(&self) -> [Duration; 2] {
        self.inner.every
    }
}

/// A request on its way. It is sent when this is first polled, **once**.
///
/// Where it is dropped before it gives a result, the request may have been charged.
#[must_use = "nothing is sent before `.await`"]
pub struct Sending<S: Service>(Boxed<Result<Task<S>, Error<S>>>);

impl<S: Service> Future for Sending<S> {
    type Output = Result<Task<S>, Error<S>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

impl<S: Service> fmt::Debug for Sending<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sending").finish_non_exhaustive()
    }
}

fn no_answer<S: Service>(error: reqwest::Error) -> Error<S> {
    Error::new(Kind::NoAnswer).with_source(error.without_url())
}

impl<S: Service> Clone for Client<S> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), service: PhantomData }
    }
}

impl<S: Service> fmt::Debug for Client<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = redact::address(self.inner.base.as_str());
        f.debug_struct("Client").field("service", &S::api().id).field("base_url", &base).finish_non_exhaustive()
    }
}
