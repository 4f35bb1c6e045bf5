//! A request as it is sent: method, address, headers and body. It is the same for each attempt, or contains a callback address of
//! the attempt's own.

mod multipart;
mod place;

use std::fmt;

use bytes::Bytes;
use cover_spec::answers::Object;
use cover_spec::tables::{Api, BodyFormat};
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;

use crate::account::Operation;
use crate::error::{Failure, Kind};
use crate::ledger::AttemptId;
use crate::redact;
use crate::transport::{Head, method};

/// A request before an attempt adds its callback address.
#[derive(Clone)]
pub(crate) struct OutgoingRequest {
    /// The request as JSON.
    bytes: Bytes,
    /// The members of the request. `None`: its JSON is the body, as it is.
    members: Option<Object>,
    /// The name of the callback field, if callbacks come to this client.
    called_back: Option<&'static str>,
}

impl OutgoingRequest {
    /// Takes a request as JSON. Only one with this client's callback address gets an address per attempt; any other is sent
    /// unchanged.
    ///
    /// A value that its place in the path cannot hold is an error.
    pub(crate) fn new(operation: &Operation, bytes: Bytes) -> Result<Self, Failure> {
        let api = operation.api;
        let callback = operation.link.as_deref().zip(api.callback.as_ref());
        if is_plain(api) && callback.is_none() {
            return Ok(Self { bytes, members: None, called_back: None });
        }
        let unwritable = |error| Failure::new(Kind::Unwritable).with_source(error);
        let members: Object = serde_json::from_slice(&bytes).map_err(unwritable)?;
        let called_back = callback.and_then(|(link, callback)| {
            let field = &*callback.field;
            link.addresses.is_base(members.get(field)?.as_str()?).then_some(field)
        });
        let members = (!is_plain(api) || called_back.is_some()).then_some(members);
        if let Some(members) = &members {
            place::address(&operation.base, &api.submit, &mut members.clone())?;
        }
        Ok(Self { bytes, members, called_back })
    }

    pub(super) fn is_called_back(&self) -> bool {
        self.called_back.is_some()
    }

    /// Returns head and body for an attempt.
    pub(super) fn write(&self, operation: &Operation, attempt: AttemptId) -> Result<(Head, Bytes), Failure> {
        self.remember_addresses();
        let submit = &operation.api.submit;
        let mut members = self.members.clone().unwrap_or_default();
        if let (Some(field), Some(link)) = (self.called_back, &operation.link) {
            let address = link.addresses.write(attempt);
            redact::remember_callback(&address);
            members.insert(field.to_owned(), address.into());
        }
        let address = place::address(&operation.base, submit, &mut members)?;
        let (content, body) = match submit.body {
            BodyFormat::None => (None, Bytes::new()),
            BodyFormat::Json if self.members.is_none() => (Some(place::json()), self.bytes.clone()),
            BodyFormat::Json => (Some(place::json()), Value::Object(members).to_string().into()),
            BodyFormat::Multipart => {
                let (content, body) = multipart::write(&members);
                (Some(content), body)
            }
        };
        let mut headers = operation.headers.clone();
        headers.extend(content.map(|content| (CONTENT_TYPE, content)));
        Ok((Head { method: method(submit.method), address, headers }, body))
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

/// Shows nothing of the request, which may have secrets.
impl fmt::Debug for OutgoingRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutgoingRequest").field("called_back", &self.called_back).finish_non_exhaustive()
    }
}

/// Whether the body is the request as JSON, and the path is always the same.
fn is_plain(api: &Api) -> bool {
    let submit = &api.submit;
    submit.body == BodyFormat::Json && submit.query.is_empty() && !submit.path.contains('{')
}

fn remember_addresses(value: &Value) {
    match value {
        Value::String(text) if text.contains("://") => redact::remember_address(text.trim()),
        Value::Array(items) => items.iter().for_each(remember_addresses),
        Value::Object(members) => members.values().for_each(remember_addresses),
        _ => {}
    }
}
