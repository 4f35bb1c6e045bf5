//! The handle of a running sandbox: what tests look at, and what they script.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use tokio::task::JoinHandle;

use super::answer::Answer;
use super::handlers::UploadedFile;
use super::task::{CreatedTask, Delivery, Task};
use super::{Backend, server};

/// The service in miniature. Dropping it stops its server.
pub struct Sandbox {
    address: SocketAddr,
    backend: Arc<Backend>,
    server: JoinHandle<()>,
}

impl Sandbox {
    pub(super) fn new(address: SocketAddr, backend: Arc<Backend>, server: JoinHandle<()>) -> Self {
        Self { address, backend, server }
    }

    /// Returns the base address, such as `http://127.0.0.1:49152`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.backend.url
    }

    /// Returns a router that answers like the server, for
    /// [`ClientBuilder::transport`](crate::runtime::ClientBuilder::transport).
    pub fn router(&self) -> Router {
        server::router(Arc::clone(&self.backend))
    }

    /// Returns the port of the server.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Returns the only API key that the sandbox accepts.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.backend.key
    }

    /// Returns the key that signs callbacks, if the spec says that they are signed.
    #[must_use]
    pub fn signing_key(&self) -> &str {
        &self.backend.signing_key
    }

    /// Returns the number of tasks that were created. Each was charged.
    #[must_use]
    pub fn tasks(&self) -> usize {
        self.backend.state().tasks.len()
    }

    /// Returns every task that was created, in order, with the request that created it.
    ///
    /// Tests compare it with what a client reports: how many tasks a purchase has, and which.
    #[must_use]
    pub fn created(&self) -> Vec<CreatedTask> {
        let state = self.backend.state();
        (1..=state.tasks.len()).filter_map(|number| state.tasks.get(&Task::id_of(number))).map(Task::created).collect()
    }

    /// Returns the number of submits that arrived, including refused ones.
    #[must_use]
    pub fn submits(&self) -> u64 {
        self.backend.state().submits
    }

    /// Returns the number of polls that arrived, including refused ones.
    #[must_use]
    pub fn polls(&self) -> u64 {
        self.backend.state().polls
    }

    /// Returns the number of uploads that arrived, including refused ones.
    #[must_use]
    pub fn uploads(&self) -> u64 {
        self.backend.state().uploads
    }

    /// Returns the number of cancels that arrived, including refused ones.
    ///
    /// A cancel moves a running task to the first status that means cancelled, or else failed. A task that has ended stays as it is, and its
    /// cancel is refused.
    #[must_use]
    pub fn cancels(&self) -> u64 {
        self.backend.state().cancels
    }

    /// Deletes every file that was uploaded so far, as the service does after the time in `[upload] expires`. Files that requests brought
    /// along (`served_at`) are deleted with them.
    ///
    /// Their addresses then answer with HTTP status 404, and a task whose request has one of them fails, if the spec says that the
    /// service fetches the address.
    pub fn expire_uploads(&self) {
        self.backend.state().expire_uploads();
    }

    /// Returns every file that was uploaded, in order. Files that have expired stay in the list.
    #[must_use]
    pub fn uploaded(&self) -> Vec<UploadedFile> {
        self.backend.state().uploaded.clone()
    }

    /// Returns the number of requests that were refused because they exceeded the rate limit, or polled a task again too soon.
    ///
    /// It stays 0 for a client that keeps to the limit.
    #[must_use]
    pub fn excess_requests(&self) -> u64 {
        self.backend.state().limit.excess()
    }

    /// Returns the number of callbacks that were sent, including repeated attempts.
    #[must_use]
    pub fn callbacks(&self) -> u64 {
        self.backend.state().callbacks
    }

    /// Sets what happens to the next callback. Several calls queue up, one for each callback.
    pub fn script_delivery(&self, delivery: Delivery) {
        self.backend.state().next_deliveries.push_back(delivery);
    }

    /// Sends callbacks to a router in this process, such as [`Callbacks::router`](crate::callback::Callbacks::router), instead
    /// of their addresses.
    pub fn deliver_to(&self, router: Router) {
        self.backend.state().router = Some(router);
    }

    /// Sets the answer to the next submit, which then creates no task. Several calls queue up, one for each submit.
    pub fn answer_submit(&self, answer: Answer) {
        self.backend.state().next_submits.push_back(answer);
    }

    /// Sets the answer to the next upload, which is then not kept. Several calls queue up, one for each upload.
    pub fn answer_upload(&self, answer: Answer) {
        self.backend.state().next_uploads.push_back(answer);
    }

    /// Sets the answer to the next cancel, which then changes nothing. Several calls queue up, one for each cancel.
    pub fn answer_cancel(&self, answer: Answer) {
        self.backend.state().next_cancels.push_back(answer);
    }

    /// Sets the answer to the next poll. Several calls queue up, one for each poll.
    pub fn answer_poll(&self, answer: Answer) {
        self.backend.state().next_polls.push_back(answer);
    }

    /// Sets the statuses that the next task goes through; it stays at the last. The spec need not have them. Several calls queue
    /// up, one for each task.
    pub fn script_statuses<T: Into<String>>(&self, statuses: impl IntoIterator<Item = T>) {
        self.backend.state().next_statuses.push_back(statuses.into_iter().map(Into::into).collect());
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("url", &self.backend.url).finish_non_exhaustive()
    }
}
