//! Files that requests bring along, and that their results lead to.

use std::collections::BTreeMap;

use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cover_spec::answers::Object;
use cover_spec::model::{Field, FieldKind};

use super::references::Target;
use crate::sandbox::BackendState;
use crate::sandbox::operation::Operation;
use crate::sandbox::task::media;

impl BackendState {
    /// Returns what the results of a request serve, each by the name of its result. The error says what cannot be read.
    pub(super) fn served(
        &self,
        operation: &Operation,
        request: &Object,
        url: &str,
    ) -> Result<BTreeMap<String, Bytes>, String> {
        let mut served = BTreeMap::new();
        for field in &operation.spec.request.fields {
            if let Some(result) = &field.served_at
                && let Some(text) = request.get(&field.wire.value).and_then(|value| value.as_str())
            {
                let content = self.content(field, text, url);
                let content = content.map_err(|fault| format!("{}: {fault}", *field.wire))?;
                served.insert(result.value.clone(), content);
            }
        }
        Ok(served)
    }

    /// Returns what a field holds: a file as text, or the file at an address.
    fn content(&self, field: &Field, text: &str, url: &str) -> Result<Bytes, &'static str> {
        if !matches!(*field.kind, FieldKind::Url) {
            return decoded(text).ok_or("is neither Base64 nor a `data:` URL of Base64");
        }
        match self.target(text, url) {
            Target::File(file) => Ok(file.content),
            // Any recording stands for what other addresses lead to.
            Target::Elsewhere => Ok(media::wav(0).into()),
            // The task fails later, and serves nothing.
            Target::Missing if field.fetched.is_some() => Ok(Bytes::new()),
            Target::Missing => Err("the address cannot be fetched"),
        }
    }
}

/// Decodes Base64, which may be in a `data:` URL.
fn decoded(text: &str) -> Option<Bytes> {
    let text = match text.strip_prefix("data:") {
        Some(rest) => rest.split_once(";base64,")?.1,
        None => text,
    };
    BASE64.decode(text).ok().map(Bytes::from)
}
