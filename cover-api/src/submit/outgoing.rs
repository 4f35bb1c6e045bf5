//! The body of a request. It is the same for each attempt, or contains a callback address of the attempt's own.

use bytes::Bytes;
use cover_spec::answers::Object;
use cover_spec::tables::Api;
use serde_json::Value;

use crate::callback_link::CallbackLink;
use crate::ledger::AttemptId;
use crate::redact;

/// A body before an attempt adds its callback address.
#[derive(Debug, Clone)]
pub(crate) struct OutgoingBody {
    bytes: Bytes,
    /// The request and the name of its callback field, if callbacks come to this client.
    called_back: Option<(Object, &'static str)>,
}

impl OutgoingBody {
    /// Only a request with this client's callback address gets an address per attempt. Any other is sent unchanged.
    pub(crate) fn new(api: &'static Api, link: Option<&CallbackLink>, bytes: Bytes) -> Self {
        let called_back = link.and_then(|link| {
            let field = &*api.callback.as_ref()?.field;
            let request: Object = serde_json::from_slice(&bytes).ok()?;
            let is_asked_for = link.addresses.is_base(request.get(field)?.as_str()?);
            is_asked_for.then_some((request, field))
        });
        Self { bytes, called_back }
    }

    pub(super) fn is_called_back(&self) -> bool {
        self.called_back.is_some()
    }

    /// Returns the body for an attempt.
    pub(super) fn write(&self, link: Option<&CallbackLink>, attempt: AttemptId) -> Bytes {
        self.remember_addresses();
        let (Some((request, field)), Some(link)) = (&self.called_back, link) else { return self.bytes.clone() };
        let mut request = request.clone();
        let address = link.addresses.write(attempt);
        redact::remember_callback(&address);
        request.insert((*field).to_owned(), address.into());
        Value::Object(request).to_string().into()
    }

    /// Remembers secrets in the addresses of the request, since the service may repeat them.
    fn remember_addresses(&self) {
        // Most addresses have neither query nor user.
        if self.bytes.iter().any(|byte| matches!(byte, b'?' | b'#' | b'@'))
            && let Ok(request) = serde_json::from_slice(&self.bytes)
        {
            remember_addresses(&request);
        }
    }
}

fn remember_addresses(value: &Value) {
    match value {
        Value::String(text) if text.contains("://") => redact::remember_address(text.trim()),
        Value::Array(items) => items.iter().for_each(remember_addresses),
        Value::Object(members) => members.values().for_each(remember_addresses),
        _ => {}
    }
}
