//! The envelope around every answer: a code, a message, and what was asked for.

use std::time::Duration;

use cover_spec::wire::{Api, Code, CodeMeaning};
use serde_json::Value;

use super::{Answer, End};
use crate::error::Unreadable;
use crate::rate_limit::Verdict;
use crate::read;

/// A service that wants to be left alone is left alone at least so long.
const LEAST_REST: Duration = Duration::from_secs(1);

/// An answer that could be read.
#[derive(Debug)]
pub(crate) struct Envelope {
    pub(crate) code: u32,
    pub(crate) message: Option<String>,
    pub(crate) body: Value,
}

impl Envelope {
    /// Reads an answer that came whole.
    pub(crate) fn of(api: &Api, answer: &Answer) -> Result<Self, Unreadable> {
        match answer.end {
            End::Complete => Self::read(api, answer.status, &answer.bytes),
            End::TooLarge => Err(Unreadable::TooLarge),
            End::Broken(_) => Err(Unreadable::CutShort),
        }
    }

    /// Where the spec names no code in the body, the HTTP status is the code.
    pub(crate) fn read(api: &Api, status: u16, bytes: &[u8]) -> Result<Self, Unreadable> {
        let body: Value = serde_json::from_slice(bytes).map_err(|error| {
            if error.is_eof() && !bytes.is_empty() { Unreadable::CutShort } else { Unreadable::NotJson }
        })?;
        if !body.is_object() {
            return Err(Unreadable::NotAnObject);
        }
        let code = if api.code.is_empty() {
            status.into()
        } else {
            read::at(&body, &api.code).and_then(as_code).ok_or(Unreadable::NoCode)?
        };
        let message = read::at(&body, &api.message).and_then(Value::as_str).map(str::to_owned);
        Ok(Self { code, message, body })
    }

    /// The text at the end of a path, or whatever stands there as JSON; `None` also where there is no path.
    pub(crate) fn any_text(&self, path: &[impl AsRef<str>]) -> Option<String> {
        let value = read::at(&self.body, path).filter(|_| !path.is_empty())?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }

    /// The text or number at the end of a path.
    pub(crate) fn text(&self, path: &[impl AsRef<str>]) -> Option<String> {
        as_text(read::at(&self.body, path)?)
    }
}

/// A text that is not empty, or a number as one.
pub(crate) fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Codes were seen as numbers and as texts.
pub(crate) fn as_code(value: &Value) -> Option<u32> {
    match value {
        Value::Number(number) => u32::try_from(number.as_u64()?).ok(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// What the spec says of a code; `None` for one that it does not list.
pub(crate) fn code(api: &Api, number: u32) -> Option<&Code> {
    api.codes.iter().find(|code| code.number == number)
}

pub(crate) fn is_success(api: &Api, number: u32) -> bool {
    code(api, number).is_some_and(|code| code.means == CodeMeaning::Success)
}

/// What an answer says of the rate limit.
pub(crate) fn verdict(api: &Api, answer: &Answer, read: &Result<Envelope, Unreadable>) -> Verdict {
    // No time is given: the next window.
    let window = api.pace.window.max(LEAST_REST);
    match read {
        Ok(envelope) => {
            let known = code(api, envelope.code);
            let rest = known.and_then(|code| code.resend).or(answer.retry_after).unwrap_or(window);
            match known.map(|code| code.means) {
                Some(CodeMeaning::RateLimited) => Verdict::TooMany(rest),
                Some(CodeMeaning::Maintenance) => Verdict::Maintenance(rest),
                Some(CodeMeaning::InsufficientCredits) => Verdict::NoCredits,
                _ => Verdict::Fine,
            }
        }
        Err(_) if answer.status == 429 => Verdict::TooMany(answer.retry_after.unwrap_or(window)),
        Err(_) => answer.retry_after.map_or(Verdict::Silence, Verdict::TooMany),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UploadCover;
    use crate::service::Service;

    fn read(bytes: &str) -> Result<u32, Unreadable> {
        Envelope::read(UploadCover::api(), 200, bytes.as_bytes()).map(|envelope| envelope.code)
    }

    #[test]
    fn a_code_is_read_from_a_number_or_a_text_in_any_order_of_keys() {
        assert_eq!(read(r#"{"code":200,"msg":"success","data":{}}"#), Ok(200));
        assert_eq!(read(r#"{"data":null,"code":"455"}"#), Ok(455));
    }

    #[test]
    fn what_is_no_envelope_says_why() {
        for (bytes, why) in [
            ("", Unreadable::NotJson),
            ("<html>502</html>", Unreadable::NotJson),
            ("[]", Unreadable::NotAnObject),
            ("null", Unreadable::NotAnObject),
            ("{}", Unreadable::NoCode),
            (r#"{"code":-1}"#, Unreadable::NoCode),
            (r#"{"code":2e99}"#, Unreadable::NoCode),
            (r#"{"code":200,"da"#, Unreadable::CutShort),
        ] {
            assert_eq!(read(bytes), Err(why), "{bytes}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_and_not_followed() {
        assert_eq!(read(&"[".repeat(1_000_000)), Err(Unreadable::NotJson));
    }
}
