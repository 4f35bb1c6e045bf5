//! How callbacks reach a client: an address of its own for each attempt, and the board that they write to.

use std::sync::Arc;

use bytes::Bytes;

use super::Api;
use super::news::{AttemptId, Board};
use super::unknown::Fingerprint;
use crate::read::Object;

/// What a client has that callbacks come to.
#[cfg(feature = "callback")]
#[derive(Debug)]
pub(crate) struct Called {
    pub(crate) board: Arc<Board>,
    pub(crate) addresses: crate::callback::Addresses,
    pub(crate) signing: Option<crate::callback::SigningKey>,
    pub(crate) counters: crate::callback::Counters,
    /// How many more attempts may be looked up in a journal at once.
    pub(crate) lookups: tokio::sync::Semaphore,
}

/// Without the feature `callback`, no client has it.
#[cfg(not(feature = "callback"))]
#[derive(Debug)]
pub(crate) enum Called {}

impl Called {
    pub(super) fn board(&self) -> &Arc<Board> {
        #[cfg(feature = "callback")]
        return &self.board;
        #[cfg(not(feature = "callback"))]
        match *self {}
    }

    /// Is this the address that the user gave for callbacks?
    fn is_asked_for(&self, address: &str) -> bool {
        #[cfg(feature = "callback")]
        return self.addresses.is_base(address);
        #[cfg(not(feature = "callback"))]
        {
            let _ = address;
            match *self {}
        }
    }

    fn address(&self, attempt: AttemptId) -> String {
        #[cfg(feature = "callback")]
        return self.addresses.write(attempt);
        #[cfg(not(feature = "callback"))]
        {
            let _ = attempt;
            match *self {}
        }
    }
}

/// The body of a request: the same for each attempt, or one with another address for callbacks.
pub(super) struct Letter<'a> {
    bytes: Bytes,
    open: Option<Open<'a>>,
}

struct Open<'a> {
    called: &'a Called,
    field: &'a str,
    request: Object,
}

/// An attempt to which callbacks can come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Posted<'a> {
    pub(super) board: &'a Arc<Board>,
    pub(super) id: AttemptId,
}

impl<'a> Letter<'a> {
    pub(super) fn new(api: &'a Api, called: Option<&'a Called>, bytes: Bytes) -> Self {
        let open = called.and_then(|called| Open::new(api, called, &bytes));
        Self { bytes, open }
    }

    /// What is sent by the next attempt.
    pub(super) fn write(&self, request: Fingerprint) -> (Bytes, Option<Posted<'a>>) {
        let Some(open) = &self.open else { return (self.bytes.clone(), None) };
        let id = AttemptId::new();
        let mut object = open.request.clone();
        object.insert(open.field.to_owned(), open.called.address(id).into());
        let board = open.called.board();
        board.sends(id, request);
        (serde_json::Value::Object(object).to_string().into(), Some(Posted { board, id }))
    }
}

impl<'a> Open<'a> {
    /// Only where the request names the address of this client: who gives another one, or says that they only poll, gets that.
    fn new(api: &'a Api, called: &'a Called, bytes: &[u8]) -> Option<Self> {
        let field = &*api.callback.as_ref()?.field;
        let request: Object = serde_json::from_slice(bytes).ok()?;
        let is_asked_for = called.is_asked_for(request.get(field)?.as_str()?);
        is_asked_for.then_some(Self { called, field, request })
    }
}
