//! Values of an answer as text, without the secrets of addresses.

use serde_json::Value;

use super::hide::without_secrets;
use crate::answers;
use crate::model::FailureCode;
use crate::tables::Refunded;

/// Number of characters after which a text is cut.
const MAX_SHOWN: usize = 100;

/// Returns a text in quotation marks, in one line, without secrets, and cut if it is long.
pub(super) fn quoted(text: &str) -> String {
    let text = without_secrets(text);
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

/// Returns what follows the code of a failed task: whether the credits are returned, if that is known, and what the code says.
pub(super) fn in_words(failure: &FailureCode) -> String {
    let refunded = match failure.refunded() {
        Refunded::Yes => ", refunded",
        Refunded::No => ", not refunded",
        Refunded::Unknown => "",
    };
    format!("{refunded}: {}", *failure.doc)
}

/// Returns an address in quotation marks, without its query, which may be secret.
pub(super) fn address(text: &str) -> String {
    match text.find(['?', '#']) {
        Some(end) => quoted(&format!("{}?…", &text[..end])),
        None => quoted(text),
    }
}

/// Returns the name of a member, in one line, without secrets, and cut if it is long.
pub(super) fn member(name: &str) -> String {
    let quoted = quoted(name);
    let (name, end) = quoted.rsplit_once('"').unwrap_or_default();
    format!("{}{end}", name.strip_prefix('"').unwrap_or(name))
}

/// Describes a value: a number with its digits, and any other value by its type.
pub(super) fn described(value: &Value) -> String {
    match value {
        Value::Number(number) => format!("the number {number}"),
        // A number that no `Value` can hold was read as a text.
        Value::String(text) if is_number(text) => format!("the number {}", member(text)),
        _ => type_of(value).to_owned(),
    }
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok() && text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
}

/// Names the type of a value, and says if it is empty.
pub(super) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::String(text) if text.is_empty() => "an empty text",
        Value::Array(items) if items.is_empty() => "an empty list",
        Value::Object(members) if members.is_empty() => "an empty object",
        value => answers::type_of(value),
    }
}
