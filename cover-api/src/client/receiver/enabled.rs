//! The receiver of an account's callbacks.

use std::sync::Arc;

use cover_spec::tables::Api;

use super::{Account, Client};
use crate::account::Operation;
use crate::callback::{Callbacks, Receiver};
use crate::callback_link::CallbackLink;
use crate::error::{Error, Failure, Setup};
use crate::service::{AnyService, Service};

const NOT_SET_UP: Setup = Setup::Callbacks("the client was built without an address for them");

/// The receiver that all clients of an account share, if callbacks were set up.
#[derive(Clone, Default)]
pub(super) struct CallbackReceiver(Option<Arc<Receiver>>);

impl CallbackReceiver {
    pub(super) fn new(receiver: Receiver) -> Self {
        Self(Some(Arc::new(receiver)))
    }

    /// Checks that callbacks of an operation can be received, if it has some.
    pub(super) fn check(&self, api: &Api) -> Result<(), Setup> {
        match &self.0 {
            Some(receiver) if !receiver.can_check(api) => {
                Err(Setup::Callbacks("the service signs them, and the signing key was not given"))
            }
            _ => Ok(()),
        }
    }

    /// Returns the operation, with callback addresses if callbacks were set up and its service sends some.
    pub(super) fn operation(
        &self,
        api: &'static Api,
        make: impl FnOnce(Option<Arc<CallbackLink>>) -> Operation,
    ) -> Arc<Operation> {
        match &self.0 {
            Some(receiver) => receiver.operation(api, make),
            None => Arc::new(make(None)),
        }
    }
}

impl<S: Service> Client<S> {
    /// Returns the receiver of callbacks. Serve its [router](Callbacks::router), or call [`Callbacks::receive`] from a server of
    /// your own.
    ///
    /// # Errors
    ///
    /// [`Error::is_setup`] if the client was built without [`ClientBuilder::callbacks`](crate::runtime::ClientBuilder::callbacks), or
    /// if the service sends no callbacks.
    pub fn callbacks(&self) -> Result<Callbacks<S>, Error<S>> {
        let receiver = self.receiver.0.as_ref().ok_or_else(|| Failure::setup(NOT_SET_UP))?;
        if self.operation.link.is_none() {
            return Err(Failure::setup(Setup::Callbacks("the service sends none")).into());
        }
        Ok(Callbacks::new(Arc::clone(&self.operation), Arc::clone(receiver)))
    }
}

impl Account {
    /// Returns the receiver of the callbacks of all operations of this account.
    ///
    /// # Errors
    ///
    /// [`Error::is_setup`] if the client was built without [`ClientBuilder::callbacks`](crate::runtime::ClientBuilder::callbacks).
    pub fn callbacks(&self) -> Result<Callbacks<AnyService>, Error<AnyService>> {
        let callbacks = self.receiver.0.as_ref().and_then(|receiver| Callbacks::of_account(Arc::clone(receiver)));
        callbacks.ok_or_else(|| Failure::setup(NOT_SET_UP).into())
    }
}
