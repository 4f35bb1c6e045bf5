//! The receiver of a client's callbacks.

use std::sync::Arc;

use super::Client;
use crate::callback::{Callbacks, Receiver};
use crate::error::{Error, Failure, Setup};
use crate::service::Service;

/// The receiver that all clones of a client share, if callbacks were set up.
#[derive(Clone, Default)]
pub(super) struct CallbackReceiver(Option<Arc<Receiver>>);

impl CallbackReceiver {
    pub(super) fn new(receiver: Receiver) -> Self {
        Self(Some(Arc::new(receiver)))
    }
}

impl<S: Service> Client<S> {
    /// Returns the receiver of callbacks. Serve its [router](Callbacks::router), or call [`Callbacks::receive`] from a server of
    /// your own.
    ///
    /// # Errors
    ///
    /// [`Error::is_setup`] if the client was built without [`ClientBuilder::callbacks`](crate::runtime::ClientBuilder::callbacks).
    pub fn callbacks(&self) -> Result<Callbacks<S>, Error<S>> {
        match &self.receiver.0 {
            Some(receiver) => Ok(Callbacks::new(Arc::clone(&self.account), Arc::clone(receiver))),
            None => Err(Failure::setup(Setup::Callbacks("the client was built without an address for them")).into()),
        }
    }
}
