//! The envelope of every answer: a code, a message, and data.

use std::time::Duration;

use cover_spec::tables::{Api, CodeMeaning, CodeSpec, JsonPath};
use serde_json::Value;

use super::pick::pick_digits;
use super::{BodyEnd, RawResponse, lenient};
use crate::error::Unreadable;
use crate::ids;
use crate::rate_limit::Verdict;
use crate::response;

/// Shortest pause after an answer that asks for fewer requests.
const MIN_REST: Duration = Duration::from_secs(1);

/// A readable answer.
#[derive(Debug)]
pub(crate) struct Envelope {
    pub(crate) code: u32,
    pub(crate) message: Option<String>,
    /// The task that a poll's answer names, if it names one, exactly as the service writes the id.
    pub(crate) task: Option<String>,
    pub(crate) body: Value,
}

impl Envelope {
    /// Reads a complete answer.
    pub(crate) fn of(api: &Api, answer: &RawResponse) -> Result<Self, Unreadable> {
        match answer.end {
            BodyEnd::Complete => Self::read(api, answer.status, &answer.bytes),
            BodyEnd::TooLarge => Err(Unreadable::TooLarge),
            BodyEnd::Broken(_) => Err(Unreadable::CutShort),
        }
    }

    /// Reads a body. If the spec names no code in the body, the HTTP status is the code.
    pub(crate) fn read(api: &Api, status: u16, bytes: &[u8]) -> Result<Self, Unreadable> {
        let text = lenient::json(bytes);
        let body: Value = serde_json::from_str(&text).map_err(|error| {
            if error.is_eof() && !text.is_empty() { Unreadable::CutShort } else { Unreadable::NotJson }
        })?;
        if !body.is_object() {
            return Err(Unreadable::NotAnObject);
        }
        let code = if api.code.is_empty() {
            status.into()
        } else {
            response::at(&body, &api.code).and_then(as_code).ok_or(Unreadable::NoCode)?
        };
        let message = response::at(&body, &api.message).and_then(Value::as_str).map(str::to_owned);
        let place = &api.poll.task;
        let task = response::at(&body, place).and_then(|value| as_written(value, place, bytes));
        Ok(Self { code, message, task, body })
    }

    /// Returns the string at a path, or any other value as JSON. Returns `None` for an empty path.
    pub(crate) fn any_text(&self, path: &[impl AsRef<str>]) -> Option<String> {
        let value = response::at(&self.body, path).filter(|_| !path.is_empty())?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }

    /// Returns the string or number at a path.
    pub(crate) fn text(&self, path: &[impl AsRef<str>]) -> Option<String> {
        as_text(response::at(&self.body, path)?)
    }
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
    as_written(value, path, body).filter(|id| ids::check(id).is_ok())
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
pub(crate) fn code(api: &Api, number: u32) -> Option<&CodeSpec> {
    api.codes.iter().find(|code| code.number == number)
}

pub(crate) fn is_success(api: &Api, number: u32) -> bool {
    code(api, number).is_some_and(|code| code.means == CodeMeaning::Success)
}

/// Returns what an answer means for the rate limit.
pub(crate) fn verdict(api: &Api, answer: &RawResponse, read: &Result<Envelope, Unreadable>) -> Verdict {
    // Used if no time is given.
    let window = api.rate_limit.per.max(MIN_REST);
    match read {
        Ok(envelope) => {
            let known = code(api, envelope.code);
            let rest = known.and_then(|code| code.retry_after).or(answer.retry_after).unwrap_or(window);
            match known.map(|code| code.means) {
                Some(CodeMeaning::RateLimited) => Verdict::TooMany(rest),
                Some(CodeMeaning::Maintenance) => Verdict::Maintenance(rest),
                Some(CodeMeaning::InsufficientCredits) => Verdict::NoCredits,
                _ => Verdict::Fine,
            }
        }
        Err(_) if answer.status == 429 => Verdict::TooMany(answer.retry_after.unwrap_or(window)),
        // The answer names a time to come back, but does not say that there were too many requests.
        Err(_) => answer.retry_after.map_or(Verdict::Silence, Verdict::Maintenance),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::UploadCover;
    use crate::service::Service;

    fn read(bytes: &str) -> Result<u32, Unreadable> {
        Envelope::read(UploadCover::api(), 200, bytes.as_bytes()).map(|envelope| envelope.code)
    }

    #[test]
    fn a_code_may_be_a_number_or_a_string() {
        assert_eq!(read(r#"{"code":200,"msg":"success","data":{}}"#), Ok(200));
        assert_eq!(read(r#"{"data":null,"code":"455"}"#), Ok(455));
        assert_eq!([read(r#"{"code":200.0}"#), read(r#"{"code":2e2}"#)], [Ok(200), Ok(200)]);
        for code in ["200.5", "-200.0", "1e10", "NaN"] {
            assert_eq!(read(&format!(r#"{{"code":{code}}}"#)), Err(Unreadable::NoCode), "{code}");
        }
    }

    #[test]
    fn an_unreadable_envelope_has_a_reason() {
        for (bytes, why) in [
            ("", Unreadable::NotJson),
            ("<html>502</html>", Unreadable::NotJson),
            ("[]", Unreadable::NotAnObject),
            ("null", Unreadable::NotAnObject),
            ("{}", Unreadable::NoCode),
            (r#"{"code":-1}"#, Unreadable::NoCode),
            (r#"{"code":2e99}"#, Unreadable::NoCode),
            (r#"{"code":200,"da"#, Unreadable::CutShort),
            (r#"{"code":200"#, Unreadable::CutShort),
            ("\u{feff}", Unreadable::NotJson),
            (r#"{"code":NaN}"#, Unreadable::NoCode),
        ] {
            assert_eq!(read(bytes), Err(why), "{bytes}");
        }
    }

    #[test]
    fn almost_valid_json_is_read() {
        let read = |bytes: &[u8]| Envelope::read(UploadCover::api(), 200, bytes).map(|envelope| envelope.message);
        assert_eq!(read(b"\xef\xbb\xbf{\"code\":200}"), Ok(None));
        assert_eq!(read(b"{\"code\":200,\"msg\":\"sch\xf6n\"}"), Ok(Some("sch\u{fffd}n".to_owned())));
        assert_eq!(read(b"{\"code\":200,\"msg\":NaN,\"x\":1e999}"), Ok(None));
        assert!(read(b"{\"code\":200}\xff").is_err(), "outside of strings");
    }

    #[test]
    fn an_id_is_a_string_or_the_digits_of_a_number() {
        let path = &UploadCover::api().submit.task;
        for (sent, id) in [
            (r#""5c79""#, Some("5c79")),
            ("17", Some("17")),
            ("-1", Some("-1")),
            ("18446744073709551615", Some("18446744073709551615")),
            ("123456789012345678901234567890", Some("123456789012345678901234567890")),
            ("1e3", Some("1e3")),
            ("1.0", Some("1.0")),
            ("1.50", Some("1.50")),
            ("0.10000000000000000000000001", Some("0.10000000000000000000000001")),
            ("\"   \"", None),
            (r#"" a""#, None),
            (r#""a\u0000b""#, None),
            ("\"a\u{fffd}\"", None),
            ("null", None),
            ("NaN", None),
            ("true", None),
            ("{}", None),
        ] {
            let body = format!(r#"{{"code":200,"data":{{"x":1.5,"taskId":{sent}}}}}"#);
            let envelope = Envelope::read(UploadCover::api(), 200, body.as_bytes()).unwrap();
            let found = response::at(&envelope.body, path).and_then(|value| as_id(value, path, body.as_bytes()));
            assert_eq!(found.as_deref(), id, "{sent}");
        }
    }

    #[test]
    fn any_value_at_a_path_is_read_as_text() {
        let body = json!({ "a": { "text": "t", "list": [1, ""] } });
        let envelope = Envelope { code: 200, message: None, task: None, body };
        assert_eq!(envelope.any_text(&["a", "text"]).as_deref(), Some("t"));
        assert_eq!(envelope.any_text(&["a", "list"]).as_deref(), Some(r#"[1,""]"#));
        assert_eq!(envelope.any_text(&["a", "other"]), None);
        assert_eq!(envelope.any_text(&[] as &[&str]), None, "the path is empty");
    }

    #[test]
    fn answers_have_a_verdict_for_the_rate_limit() {
        const SECOND: Duration = Duration::from_secs(1);
        let said = |status, retry_after: Option<Duration>, bytes: &str| {
            let answer = RawResponse { status, retry_after, bytes: bytes.into(), end: BodyEnd::Complete };
            let read = Envelope::of(UploadCover::api(), &answer);
            verdict(UploadCover::api(), &answer, &read)
        };
        let (window, later) = (UploadCover::api().rate_limit.per, Some(7 * SECOND));
        for (code, expected) in [
            (200, Verdict::Fine),
            (400, Verdict::Fine),
            (405, Verdict::TooMany(10 * SECOND)),
            (429, Verdict::NoCredits),
            (430, Verdict::TooMany(30 * SECOND)),
            (455, Verdict::Maintenance(60 * SECOND)),
            (500, Verdict::Fine),
            (999, Verdict::Fine),
        ] {
            // The code takes precedence over the HTTP status, and the spec's time over the header's.
            for status in [200, 429, 503] {
                assert_eq!(said(status, later, &format!(r#"{{"code":{code}}}"#)), expected, "{code}");
            }
        }
        for (status, retry_after, expected) in [
            (429, None, Verdict::TooMany(window)),
            (429, later, Verdict::TooMany(7 * SECOND)),
            (503, later, Verdict::Maintenance(7 * SECOND)),
            (503, None, Verdict::Silence),
            (200, None, Verdict::Silence),
        ] {
            assert_eq!(said(status, retry_after, "<html>"), expected, "{status}");
        }
    }

    #[test]
    fn deep_nesting_is_an_error() {
        assert_eq!(read(&"[".repeat(1_000_000)), Err(Unreadable::NotJson));
    }
}
