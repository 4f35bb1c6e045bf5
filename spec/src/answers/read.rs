//! Reads a result as its type.

use serde_json::{Number, Value};

use super::address;
use super::results::fits;
use super::value::{Object, as_integer, as_number, find, is_nothing};
use crate::tables::{MemberSpec, ResultKind, ShapeSpec};

/// Reads a value as its type, and every value within it. Returns `None` if there is none that can be read.
///
/// Numbers are numbers, a list is a list, and a member has its first spelling. Addresses are [percent-encoded](address). Missing values are
/// left out.
///
/// ```
/// # #[cfg(feature = "language")] {
/// use cover_spec::{SHIPPED, Spec, answers};
/// use serde_json::json;
///
/// let api = Spec::parse("upload_cover.toml", SHIPPED)?.api();
/// let track = json!({ "id": "a", "duration": "184.5", "image_url": "https://a.example/1.png", "title": null });
/// let read = json!([{ "id": "a", "duration": 184.5, "imageUrl": "https://a.example/1.png" }]);
/// assert_eq!(answers::read(&api.results[0].shape, &track), Some(read));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn read(shape: &ShapeSpec, value: &Value) -> Option<Value> {
    list(shape, shape.lists, value)
}

fn list(shape: &ShapeSpec, lists: u32, value: &Value) -> Option<Value> {
    let items: Vec<Value> = match value {
        _ if lists == 0 => return single(shape, value),
        Value::Array(items) => items.iter().filter_map(|item| list(shape, lists - 1, item)).collect(),
        // Services send a single object where there is one.
        Value::Object(_) if matches!(shape.kind, ResultKind::Object | ResultKind::Any) => {
            list(shape, lists - 1, value).into_iter().collect()
        }
        _ => return None,
    };
    (!items.is_empty()).then_some(Value::Array(items))
}

fn single(shape: &ShapeSpec, value: &Value) -> Option<Value> {
    if is_nothing(value) || !fits(shape.kind, value) {
        return None;
    }
    match shape.kind {
        ResultKind::Object => value.as_object().map(|members| object(shape, members)),
        ResultKind::Integer => as_integer(value).map(Value::from),
        ResultKind::Number | ResultKind::Seconds => Number::from_f64(as_number(value)?).map(Value::Number),
        ResultKind::Audio | ResultKind::Stream | ResultKind::Image => address(value.as_str()?).map(Value::from),
        ResultKind::Text | ResultKind::Boolean | ResultKind::Time | ResultKind::Any => Some(value.clone()),
    }
}

fn object(shape: &ShapeSpec, members: &Object) -> Value {
    let member = |member: &MemberSpec| {
        let (_, value) = find(members, &member.spellings)?;
        Some((member.spellings.first()?.to_string(), read(&member.shape, value)?))
    };
    Value::Object(shape.members.iter().filter_map(member).collect())
}
