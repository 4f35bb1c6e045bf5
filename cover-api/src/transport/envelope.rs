//! The envelope around every answer: a code, a message, and what was asked for.

use std::time::Duration;

use cover_spec::wire::{Api, Code, CodeMeaning, Path};
use serde_json::Value;

use super::pick::pick_digits;
use super::{Answer, End, lenient};
use crate::error::Unreadable;
use crate::ids;
use crate::rate_limit::Verdict;
use crate::read;

/// A service that wants to be left alone is left alone at least so long.
const LEAST_REST: Duration = Duration::from_secs(1);

/// An answer that could be read.
#[derive(Debug)]
pub(crate) struct Envelope {
    pub(crate) code: u32,
    pub(crate) message: Option<String>,
    /// Task that a poll's answer is about, where it says so, as the service writes the id.
    pub(crate) task: Option<String>,
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
            read::at(&body, &api.code).and_then(as_code).ok_or(Unreadable::NoCode)?
        };
        let message = read::at(&body, &api.message).and_then(Value::as_str).map(str::to_owned);
        let place = &api.poll.task;
        let task = read::at(&body, place).and_then(|value| as_written(value, place, bytes));
        Ok(Self { code, message, task, body })
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

/// Returns the id of a task that stands at the end of this path of a body, where it is one.
pub(crate) fn as_id(value: &Value, path: &Path, body: &[u8]) -> Option<String> {
    as_written(value, path, body).filter(|id| ids::check(id).is_ok())
}

/// Returns a text, or the digits of a number as they were sent.
fn as_written(value: &Value, path: &Path, body: &[u8]) -> Option<String> {
    match value {
        Value::Number(number) if number.is_f64() => pick_digits(body, path),
        value => as_text(value),
    }
}

/// Codes were seen as numbers and as texts.
pub(crate) fn as_code(value: &Value) -> Option<u32> {
    match value {
        Value::Number(number) => {
            number.as_u64().or_else(|| whole(number.as_f64()?)).and_then(|code| code.try_into().ok())
        }
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// `200.0` is 200.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is a whole number in the range of `u32`"
)]
fn whole(number: f64) -> Option<u64> {
    (number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number)).then_some(number as u64)
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
        // It says when to come back, and not that there were too many requests.
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
    fn a_code_is_read_from_a_number_or_a_text_in_any_order_of_keys() {
        assert_eq!(read(r#"{"code":200,"msg":"success","data":{}}"#), Ok(200));
        assert_eq!(read(r#"{"data":null,"code":"455"}"#), Ok(455));
        assert_eq!([read(r#"{"code":200.0}"#), read(r#"{"code":2e2}"#)], [Ok(200), Ok(200)]);
        for code in ["200.5", "-200.0", "1e10", "NaN"] {
            assert_eq!(read(&format!(r#"{{"code":{code}}}"#)), Err(Unreadable::NoCode), "{code}");
        }
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
            (r#"{"code":200"#, Unreadable::CutShort),
            ("\u{feff}", Unreadable::NotJson),
            (r#"{"code":NaN}"#, Unreadable::NoCode),
        ] {
            assert_eq!(read(bytes), Err(why), "{bytes}");
        }
    }

    #[test]
    fn what_is_almost_json_is_read() {
        let read = |bytes: &[u8]| Envelope::read(UploadCover::api(), 200, bytes).map(|envelope| envelope.message);
        assert_eq!(read(b"\xef\xbb\xbf{\"code\":200}"), Ok(None));
        assert_eq!(read(b"{\"code\":200,\"msg\":\"sch\xf6n\"}"), Ok(Some("sch\u{fffd}n".to_owned())));
        assert_eq!(read(b"{\"code\":200,\"msg\":NaN,\"x\":1e999}"), Ok(None));
        assert!(read(b"{\"code\":200}\xff").is_err(), "outside of texts");
    }

    #[test]
    fn an_id_is_a_text_or_the_digits_that_were_sent_and_nothing_else() {
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
            let found = read::at(&envelope.body, path).and_then(|value| as_id(value, path, body.as_bytes()));
            assert_eq!(found.as_deref(), id, "{sent}");
        }
    }

    #[test]
    fn what_stands_at_a_path_is_read_as_text_in_any_form() {
        let body = json!({ "a": { "text": "t", "list": [1, ""] } });
        let envelope = Envelope { code: 200, message: None, task: None, body };
        assert_eq!(envelope.any_text(&["a", "text"]).as_deref(), Some("t"));
        assert_eq!(envelope.any_text(&["a", "list"]).as_deref(), Some(r#"[1,""]"#));
        assert_eq!(envelope.any_text(&["a", "other"]), None);
        assert_eq!(envelope.any_text(&[] as &[&str]), None, "no path is named");
    }

    #[test]
    fn what_an_answer_says_of_the_rate_limit() {
        const SECOND: Duration = Duration::from_secs(1);
        let said = |status, retry_after: Option<Duration>, bytes: &str| {
            let answer = Answer { status, retry_after, bytes: bytes.into(), end: End::Complete };
            let read = Envelope::of(UploadCover::api(), &answer);
            verdict(UploadCover::api(), &answer, &read)
        };
        let (window, later) = (UploadCover::api().pace.window, Some(7 * SECOND));
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
            // The HTTP status does not count beside the code, and the spec's time not beside the header's.
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
    fn deep_nesting_is_refused_and_not_followed() {
        assert_eq!(read(&"[".repeat(1_000_000)), Err(Unreadable::NotJson));
    }
}
