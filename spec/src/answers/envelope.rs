//! The envelope of every answer: a code, a message, and data.

use std::fmt;

use serde_json::Value;

use super::pick::pick_digits;
use super::{at, check_id, lenient};
use crate::tables::{Api, CodeMeaning, CodeSpec, JsonPath};

/// Largest answer in bytes. Typical answers have a few kilobytes.
pub const MAX_ANSWER: usize = 1 << 20;

/// Largest answer in bytes of an operation that answers at once. Its results are in the answer, and were paid for.
const MAX_DIRECT_ANSWER: usize = 16 << 20;

/// Returns the number of bytes of the largest answer that an operation may give.
#[must_use]
pub fn max_answer(api: &Api) -> usize {
    if api.poll.is_some() { MAX_ANSWER } else { MAX_DIRECT_ANSWER }
}

/// A readable answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    /// The code, or the HTTP status if the spec names no code in the body.
    pub code: u32,
    /// The message, as it came. It may have secrets.
    pub message: Option<String>,
    /// The task that a poll's answer names, if it names one, exactly as the service writes the id.
    pub task: Option<String>,
    /// The whole answer.
    pub body: Value,
}

/// Why an answer could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// It is empty, or has nothing but white space.
    Empty,
    /// It is not JSON.
    NotJson,
    /// It is JSON, but not an object, and no result is the whole answer.
    NotAnObject,
    /// It has no code where the spec says.
    NoCode,
    /// It ends too early.
    CutShort,
    /// It has more bytes than this limit.
    TooLarge(usize),
}

impl Envelope {
    /// Reads a complete body. If the spec names no code in the body, the HTTP status is the code.
    ///
    /// # Errors
    ///
    /// If the body is not a JSON object with a code. Any JSON will do if a result is the whole answer and the code is the status.
    pub fn read(api: &Api, status: u16, bytes: &[u8]) -> Result<Self, Unreadable> {
        let body = body(api, bytes)?;
        let code = if api.code.is_empty() {
            status.into()
        } else {
            at(&body, &api.code).and_then(as_code).ok_or(Unreadable::NoCode)?
        };
        let message = at(&body, &api.message).and_then(Value::as_str).map(str::to_owned);
        let place = api.poll.as_ref().map(|poll| &poll.task);
        let task = place.and_then(|place| as_written(at(&body, place)?, place, bytes));
        Ok(Self { code, message, task, body })
    }

    /// Returns the string at a path, or any other value as JSON. Returns `None` for an empty path.
    #[must_use]
    pub fn any_text(&self, path: &[impl AsRef<str>]) -> Option<String> {
        let value = at(&self.body, path).filter(|_| !path.is_empty())?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }

    /// Returns the string or number at a path. An empty string counts as missing.
    #[must_use]
    pub fn text(&self, path: &[impl AsRef<str>]) -> Option<String> {
        as_text(at(&self.body, path)?)
    }
}

/// Reads a complete body as a JSON object, or as any JSON if a result is the whole answer.
///
/// # Errors
///
/// If the body is not JSON, or not an object although it must be.
pub fn body(api: &Api, bytes: &[u8]) -> Result<Value, Unreadable> {
    let is_a_result = || api.results.iter().any(|result| result.at.iter().any(|place| place.is_empty()));
    if api.code.is_empty() && is_a_result() { json(bytes) } else { object(bytes) }
}

/// Reads a complete body as a JSON object.
///
/// # Errors
///
/// If the body is not a JSON object.
pub fn object(bytes: &[u8]) -> Result<Value, Unreadable> {
    let body = json(bytes)?;
    if body.is_object() { Ok(body) } else { Err(Unreadable::NotAnObject) }
}

fn json(bytes: &[u8]) -> Result<Value, Unreadable> {
    let text = lenient::json(bytes);
    if text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    serde_json::from_str(&text).map_err(|error| if error.is_eof() { Unreadable::CutShort } else { Unreadable::NotJson })
}

/// Returns a string that is not empty, or a number as a string.
pub(crate) fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Returns the id of a task at this path of a body, if it is valid.
pub(crate) fn as_id(value: &Value, path: &JsonPath, body: &[u8]) -> Option<String> {
    as_written(value, path, body).filter(|id| check_id(id).is_ok())
}

/// Returns a string, or the digits of a number as they were sent.
fn as_written(value: &Value, path: &JsonPath, body: &[u8]) -> Option<String> {
    match value {
        Value::Number(number) if number.is_f64() => pick_digits(body, path),
        value => as_text(value),
    }
}

/// Reads a code, which services send as a number or as a string.
pub(crate) fn as_code(value: &Value) -> Option<u32> {
    match value {
        Value::Number(number) => {
            number.as_u64().or_else(|| whole(number.as_f64()?)).and_then(|code| code.try_into().ok())
        }
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Converts `200.0` to 200.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is a whole number in the range of `u32`"
)]
fn whole(number: f64) -> Option<u64> {
    (number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number)).then_some(number as u64)
}

/// Returns the spec's entry for a code, if it lists the code.
#[must_use]
pub fn code(api: &Api, number: u32) -> Option<&CodeSpec> {
    api.codes.iter().find(|code| code.number == number)
}

/// Returns whether the spec lists the code as a success.
#[must_use]
pub fn is_success(api: &Api, number: u32) -> bool {
    code(api, number).is_some_and(|code| code.means == CodeMeaning::Success)
}

/// Completes a sentence that begins with "the answer".
impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::NotJson => f.write_str("is not JSON"),
            Self::NotAnObject => f.write_str("is JSON, but not an object"),
            Self::NoCode => f.write_str("has no code"),
            Self::CutShort => f.write_str("was cut short"),
            Self::TooLarge(most) => write!(f, "has more than {} MiB", most >> 20),
        }
    }
}
