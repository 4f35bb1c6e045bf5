//! Puts a request together again, from the path, the query and the body of a submit.

use std::borrow::Cow;

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use cover_spec::answers::Object;
use cover_spec::rules::{Field, Kind, Rules};
use cover_spec::tables::{BodyFormat, SubmitSpec};
use serde_json::{Number, Value};

/// A name and a text, from a path, a query, or a part.
pub(in crate::sandbox) type Pair = (String, String);

/// Returns the fields in a path, or `None` if it is another path.
pub(in crate::sandbox) fn in_path(submit: &SubmitSpec, path: &str) -> Option<Vec<Pair>> {
    let (mut wanted, mut given) = (submit.path.split('/'), path.split('/'));
    let mut fields = Vec::new();
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(fields),
            (Some(wanted), Some(given)) => fields.extend(in_segment(wanted, given)?.0),
            _ => return None,
        }
    }
}

/// The field of a segment of a path, if it has one.
struct Segment(Option<Pair>);

/// Reads a segment. Returns `None` if it is another one.
fn in_segment(wanted: &str, given: &str) -> Option<Segment> {
    let Some((before, (name, after))) =
        wanted.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    else {
        return (wanted == given).then_some(Segment(None));
    };
    // A value that is a whole part of the path is not empty.
    let value = given.strip_prefix(before).filter(|_| !given.is_empty())?.strip_suffix(after)?;
    // In a path, these characters stand for themselves.
    let as_query = value.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    let value = url::form_urlencoded::parse(as_query.as_bytes()).next().map(|(value, _)| value.into_owned());
    Some(Segment(Some((name.to_owned(), value.unwrap_or_default()))))
}

/// Returns the JSON of a request. The error says what is wrong with it.
pub(super) fn json<'b>(
    submit: &SubmitSpec,
    rules: &Rules,
    mut pairs: Vec<Pair>,
    (query, headers): (&str, &HeaderMap),
    body: &'b [u8],
) -> Result<Cow<'b, [u8]>, String> {
    let is_in_query = |name: &str| submit.query.iter().any(|known| known == name);
    let query = url::form_urlencoded::parse(query.as_bytes()).into_owned();
    pairs.extend(query.filter(|(name, _)| is_in_query(name)));
    let mut request = match submit.body {
        BodyFormat::Json if pairs.is_empty() => return Ok(Cow::Borrowed(body)),
        BodyFormat::Json => {
            serde_json::from_slice(body).map_err(|error| format!("the body is not a JSON object: {error}"))?
        }
        BodyFormat::Multipart => {
            pairs.extend(in_parts(headers, body)?);
            Object::new()
        }
        BodyFormat::None if body.is_empty() => Object::new(),
        BodyFormat::None => return Err("the request must not have a body".to_owned()),
    };
    for (name, text) in pairs {
        let field = rules.fields.iter().find(|field| field.wire == name);
        put(&mut request, field, name, &text)?;
    }
    Ok(Cow::Owned(Value::Object(request).to_string().into_bytes()))
}

/// Adds a value to the request, or an item to its list.
fn put(request: &mut Object, field: Option<&Field>, name: String, text: &str) -> Result<(), String> {
    let value = field.map_or_else(|| Value::from(text), |field| value(&field.kind, text));
    if field.is_some_and(|field| field.list) {
        match request.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
            Value::Array(items) => items.push(value),
            _ => return Err("a list is in two places".to_owned()),
        }
    } else if request.contains_key(&name) {
        return Err(format!("`{name}` is given twice"));
    } else {
        request.insert(name, value);
    }
    Ok(())
}

/// Returns the value that a text stands for. A text that is no such value stays a text, which breaks a rule.
fn value(kind: &Kind, text: &str) -> Value {
    let value = match kind {
        Kind::Boolean => text.parse().ok().map(Value::Bool),
        Kind::Integer | Kind::Number | Kind::IntegerChoice(_) => {
            serde_json::from_str::<Number>(text).ok().map(Value::Number)
        }
        _ => None,
    };
    value.unwrap_or_else(|| text.into())
}

/// Reads the parts of a multipart body.
fn in_parts(headers: &HeaderMap, body: &[u8]) -> Result<Vec<Pair>, String> {
    let content = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let boundary = content.strip_prefix("multipart/form-data; boundary=");
    let boundary = boundary.ok_or_else(|| "the body is not multipart/form-data".to_owned())?;
    let body = std::str::from_utf8(body).map_err(|_| "the body is not UTF-8".to_owned())?;
    let broken = || "the parts of the body cannot be read".to_owned();
    let framed = format!("\r\n{body}");
    let delimiter = format!("\r\n--{boundary}");
    let parts = framed.strip_suffix(&format!("{delimiter}--\r\n")).ok_or_else(broken)?;
    // Nothing stands before the first part.
    let parts = parts.strip_prefix(&delimiter).map(|parts| parts.split(&delimiter));
    parts.into_iter().flatten().map(|part| in_part(part).ok_or_else(broken)).collect()
}

fn in_part(part: &str) -> Option<Pair> {
    let (head, content) = part.strip_prefix("\r\n")?.split_once("\r\n\r\n")?;
    let name = head.strip_prefix("Content-Disposition: form-data; name=\"")?.strip_suffix('"')?;
    let name = name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
    Some((name, content.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_a_whole_part_of_the_path_is_not_empty() {
        for (wanted, given, fits) in
            [("{lang}", "", false), ("{lang}", "de", true), ("to-{lang}", "to-", true), ("", "", true)]
        {
            assert_eq!(in_segment(wanted, given).is_some(), fits, "`{wanted}` `{given}`");
        }
    }
}
