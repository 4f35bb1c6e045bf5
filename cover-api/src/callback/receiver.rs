//! What all receivers of an account's callbacks share.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use cover_spec::tables::Api;

use super::refusal::CallbackCounters;
use super::{Refusal, SigningKey};
use crate::account::Operation;
use crate::callback_link::{AddressError, CallbackBase, CallbackLink};
use crate::ledger::AttemptId;

/// The callback addresses of an account, and the operations that have some.
pub(crate) struct Receiver {
    base: CallbackBase,
    pub(super) signing: Option<SigningKey>,
    pub(super) counters: CallbackCounters,
    /// At most one with each id.
    operations: Mutex<Vec<Arc<Operation>>>,
}

impl Receiver {
    pub(crate) fn new(base: CallbackBase, signing: Option<SigningKey>) -> Self {
        Self { base, signing, counters: CallbackCounters::default(), operations: Mutex::default() }
    }

    /// Returns whether a signing key is there if the service signs its callbacks.
    pub(crate) fn can_check(&self, api: &Api) -> bool {
        let is_signed = api.callback.as_ref().is_some_and(|callback| callback.signature.is_some());
        !is_signed || self.signing.is_some()
    }

    /// Returns an operation that receives callbacks if its service sends them. Operations with the same id share addresses and
    /// inbox.
    pub(crate) fn operation(
        &self,
        api: &'static Api,
        make: impl FnOnce(Option<Arc<CallbackLink>>) -> Operation,
    ) -> Arc<Operation> {
        if api.callback.is_none() {
            return Arc::new(make(None));
        }
        let mut operations = self.operations.lock().unwrap_or_else(PoisonError::into_inner);
        let known = operations.iter_mut().find(|known| known.api.id == api.id);
        if let Some(known) = known.as_ref().filter(|known| std::ptr::eq(known.api, api)) {
            return Arc::clone(known);
        }
        let new_link = || {
            let addresses = self.base.of(&api.id);
            Arc::new(CallbackLink { addresses, inbox: Arc::default(), has_reader: AtomicBool::new(false) })
        };
        let link = known.as_ref().and_then(|known| known.link.clone()).unwrap_or_else(new_link);
        let operation = Arc::new(make(Some(link)));
        match known {
            Some(known) => *known = Arc::clone(&operation),
            None => operations.push(Arc::clone(&operation)),
        }
        operation
    }

    /// Returns the operation that was registered first, which is that of the client that was built.
    pub(super) fn first(&self) -> Option<Arc<Operation>> {
        self.operations.lock().unwrap_or_else(PoisonError::into_inner).first().cloned()
    }

    /// Returns the operation and the attempt whose callback address the path ends with.
    pub(super) fn admit(&self, path: &str) -> Result<(Arc<Operation>, AttemptId), Refusal> {
        let operations = self.operations.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut refusal = Refusal::NotAnAddress;
        for operation in operations {
            match admit(&operation, path) {
                Ok(attempt) => return Ok((operation, attempt)),
                // Made for another operation, or for none.
                Err(Refusal::ForgedAddress) => refusal = Refusal::ForgedAddress,
                Err(other) => return Err(other),
            }
        }
        Err(refusal)
    }
}

/// Returns the attempt of this operation whose callback address the path ends with.
pub(super) fn admit(operation: &Operation, path: &str) -> Result<AttemptId, Refusal> {
    let (Some(link), Some(spec)) = (&operation.link, &operation.api.callback) else {
        return Err(Refusal::ForgedAddress);
    };
    link.addresses.read(path, spec.expires).map_err(|error| match error {
        AddressError::Malformed => Refusal::NotAnAddress,
        AddressError::Forged => Refusal::ForgedAddress,
        AddressError::Expired => Refusal::ExpiredAddress,
    })
}
