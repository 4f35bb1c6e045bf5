//! What a batch can send.

use crate::client::{Client, Sending};
use crate::service::{Request, Service};

/// An item of a batch: a request, or a pair of an idempotency key and a request.
#[diagnostic::on_unimplemented(
    message = "a batch cannot send these items",
    label = "the items must be requests of this client's service, or pairs of a key and a request",
    note = "a batch owns its requests: pass `requests`, or `requests.iter().cloned()`",
    note = "call `.build()?` on a builder first, and send the request that it returns"
)]
pub trait BatchItem<S: Service> {
    /// Starts to send the item.
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
