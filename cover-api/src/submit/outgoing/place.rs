//! Puts the fields of a request in the path and in the query of its address.

use std::borrow::Cow;

use cover_spec::answers::Object;
use cover_spec::tables::{SubmitSpec, path_fields};
use reqwest::header::HeaderValue;
use serde_json::Value;
use url::Url;

use crate::account::beneath;
use crate::error::{Failure, Kind};
use crate::ids;

/// Takes the fields in the path and in the query from a request, and returns its address.
///
/// A value in the path is within one segment, and a value in the query within one parameter, whatever characters it has.
pub(super) fn address(base: &Url, submit: &SubmitSpec, members: &mut Object) -> Result<Url, Failure> {
    let mut path = submit.path.to_string();
    for name in path_fields(&submit.path) {
        let value = members.remove(name).unwrap_or_default();
        path = ids::in_path(&path, &format!("{{{name}}}"), &text(&value))
            .map_err(|why| Failure::new(Kind::Place(name.to_owned(), why)))?;
    }
    let mut address = beneath(base, &path);
    for name in submit.query.iter() {
        for value in values(members.remove(&**name).unwrap_or_default()) {
            address.query_pairs_mut().append_pair(name, &text(&value));
        }
    }
    Ok(address)
}

/// Returns the items of a list, or a single value. Null counts as missing.
pub(super) fn values(value: Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items,
        single => vec![single],
    }
}

/// Returns a value as a text: a text as it is, and any other value as in JSON. Null is empty.
pub(super) fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

pub(super) fn json() -> HeaderValue {
    HeaderValue::from_static("application/json")
}
