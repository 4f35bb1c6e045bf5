//! Clients whose requests go to a router in this process.

use axum::Router;

use super::ClientBuilder;
use crate::service::Service;
use crate::transport::Transport;

/// The router that a builder was given.
#[derive(Default)]
pub(super) struct InProcess(Option<Router>);

impl InProcess {
    pub(super) fn transport(&self) -> Option<Transport> {
        self.0.clone().map(Transport::InProcess)
    }
}

impl<S: Service> ClientBuilder<S> {
    /// Sends every request to a router in this process, such as [`Sandbox::router`](crate::sandbox::Sandbox::router), and
    /// none to the network.
    ///
    /// Under `tokio::time::pause`, a test of hours of polling takes milliseconds, because nothing but time is waited for. The
    /// timeouts of exchanges apply as they do on the network. The client shares neither ledger nor rate limit with others.
    pub fn transport(mut self, router: Router) -> Self {
        self.in_process = InProcess(Some(router));
        self
    }
}
