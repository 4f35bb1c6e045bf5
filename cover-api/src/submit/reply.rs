//! What became of a POST whose reply has at least begun, decided by the reply alone.

use cover_spec::wire::{Api, CodeMeaning, Created};

use super::Outcome;
use crate::error::{BodySent, Failure, Kind, Seen, Unreadable};
use crate::ledger::Source;
use crate::read;
use crate::redact::shown;
use crate::transport::envelope::{self, Envelope, as_code, as_id, as_text};
use crate::transport::pick::pick_beginning;
use crate::transport::{Answer, End};

/// The envelope decides; without one, the HTTP status.
pub(super) fn judge(api: &Api, answer: Answer, read: Result<Envelope, Unreadable>, sent: BodySent) -> Outcome {
    let outcome = match read {
        Ok(envelope) => by_code(api, &envelope, &answer.bytes),
        Err(why) => by_status(api, &answer, why),
    };
    let outcome = match outcome {
        // A server that refuses a request does not name a task.
        Outcome::Refused(failure) if names_a_task(api, &answer.bytes) => {
            unknown(Kind::OutcomeUnknown(Seen::Code), failure)
        }
        outcome => outcome,
    };
    let outcome = match outcome {
        // No byte of it will ever be handed over, so that nothing can come of it.
        Outcome::Unknown { failure, hint: None } if sent == BodySent::Nothing => {
            Outcome::NotSent(failure.answered_early())
        }
        outcome => outcome,
    };
    match (outcome, answer.end) {
        (Outcome::Unknown { failure, hint }, End::Broken(source)) => {
            Outcome::Unknown { failure: failure.with_source(source), hint }
        }
        (outcome, _) => outcome,
    }
}

fn unknown(kind: Kind, failure: Failure) -> Outcome {
    Outcome::Unknown { failure: failure.with_kind(kind), hint: None }
}

fn by_code(api: &Api, envelope: &Envelope, bytes: &[u8]) -> Outcome {
    let named = read::at(&envelope.body, &api.submit.task).filter(|value| as_text(value).is_some());
    let known = envelope::code(api, envelope.code);
    let message = || envelope.message.as_deref().map(shown);
    let failure = |kind| Failure::new(kind).with_code(envelope.code, known, message());
    match known {
        Some(known) if known.means == CodeMeaning::Success => {
            match named.and_then(|it| as_id(it, &api.submit.task, bytes)) {
                Some(id) => Outcome::Task(id, Source::Reply),
                None => Outcome::Unknown { failure: failure(Kind::OutcomeUnknown(Seen::NoTask)), hint: None },
            }
        }
        Some(known) if known.created == Created::No && named.is_none() => Outcome::Refused(failure(Kind::Refused)),
        _ => Outcome::Unknown { failure: failure(Kind::OutcomeUnknown(Seen::Code)), hint: None },
    }
}

fn by_status(api: &Api, answer: &Answer, why: Unreadable) -> Outcome {
    let (status, is_whole) = (answer.status, matches!(answer.end, End::Complete));
    match status {
        // Only these two say that the request was not processed; 303 is what servers send after they processed one.
        307 | 308 if is_whole => Outcome::Refused(Failure::new(Kind::Redirected(status))),
        407 => Outcome::Unknown { failure: Failure::new(Kind::OutcomeUnknown(Seen::Proxy)), hint: None },
        429 if is_whole => {
            let rest = answer.retry_after.unwrap_or(api.pace.window);
            let failure = Failure::new(Kind::Refused).with_meaning(status, CodeMeaning::RateLimited);
            Outcome::Refused(failure.with_resend(Some(rest)))
        }
        _ => {
            let failure = Failure::new(Kind::OutcomeUnknown(Seen::Status(status, Some(why))));
            Outcome::Unknown { failure, hint: hint(api, &answer.bytes) }
        }
    }
}

/// The id of a task in the beginning of this service's own success envelope, which was cut short.
fn hint(api: &Api, bytes: &[u8]) -> Option<String> {
    let [code, task] = pick_beginning(bytes, [&api.code, &api.submit.task]);
    let is_success = envelope::is_success(api, as_code(&code?)?);
    task.and_then(|task| as_id(&task, &api.submit.task, bytes)).filter(|_| is_success)
}

/// Whether the key under which the service gives the id of a task stands anywhere with a text or a number.
fn names_a_task(api: &Api, bytes: &[u8]) -> bool {
    let Some(key) = api.submit.task.last() else { return false };
    let text = String::from_utf8_lossy(bytes);
    let key = format!("\"{key}\"");
    text.match_indices(&key).any(|(at, _)| {
        let value = text[at + key.len()..].trim_start().strip_prefix(':').map(str::trim_start);
        value.is_some_and(|value| {
            let is_text = value.strip_prefix('"').is_some_and(|rest| !rest.is_empty() && !rest.starts_with('"'));
            is_text || value.starts_with(|first: char| first.is_ascii_digit() || first == '-')
        })
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::UploadCover;
    use crate::service::Service;

    /// What the tests compare of an outcome.
    #[derive(Debug, PartialEq)]
    enum Told {
        Task(String),
        Refused(Option<u32>, Option<Duration>),
        NotSent,
        Unknown(Option<String>),
    }

    fn judged(status: u16, reply: &str, sent: BodySent, end: End) -> Told {
        let api = UploadCover::api();
        let answer = Answer { status, retry_after: None, bytes: reply.into(), end };
        let read = Envelope::of(api, &answer);
        match super::judge(api, answer, read, sent) {
            Outcome::Task(id, _) => Told::Task(id),
            Outcome::Refused(failure) => Told::Refused(failure.code.map(|(code, _)| code), failure.resend_after()),
            Outcome::NotSent(_) => Told::NotSent,
            Outcome::Unknown { failure, hint } => {
                assert!(failure.is_outcome_unknown() && failure.resend_after().is_none(), "{failure:?}");
                Told::Unknown(hint)
            }
        }
    }

    fn judge(status: u16, reply: &str) -> Told {
        judged(status, reply, BodySent::Whole, End::Complete)
    }

    fn cut(status: u16, reply: &str) -> Told {
        judged(status, reply, BodySent::Whole, End::Broken("the connection ended".into()))
    }

    const UNKNOWN: Told = Told::Unknown(None);

    #[test]
    fn the_envelope_counts_and_not_the_http_status() {
        assert_eq!(judge(500, r#"{"code":200,"data":{"taskId":"t1"}}"#), Told::Task("t1".to_owned()));
        assert_eq!(judge(303, r#"{"code":200,"data":{"taskId":"t1"}}"#), Told::Task("t1".to_owned()));
        assert_eq!(judge(200, r#"{"code":"400","msg":"no","data":null}"#), Told::Refused(Some(400), None));
        assert_eq!(judge(302, r#"{"code":400,"msg":"no"}"#), Told::Refused(Some(400), None));
    }

    #[test]
    fn every_code_that_creates_nothing_is_a_refusal_and_every_other_is_unknown() {
        for (code, resend) in [
            (400, None),
            (401, None),
            (404, None),
            (405, Some(10)),
            (413, None),
            (429, None),
            (430, Some(30)),
            (455, Some(60)),
        ] {
            let refused = Told::Refused(Some(code), resend.map(Duration::from_secs));
            assert_eq!(judge(200, &format!(r#"{{"code":{code}}}"#)), refused, "{code}");
        }
        for code in [500, 402, 531, 0] {
            assert_eq!(judge(200, &format!(r#"{{"code":{code}}}"#)), UNKNOWN, "{code}");
        }
    }

    #[test]
    fn success_without_a_task_is_unknown() {
        let long = format!(r#"{{"taskId":"{}"}}"#, "x".repeat(257));
        let no_ids = [r#"{"taskId":""}"#, r#"{"taskId":null}"#, r#"{"taskId":"  "}"#, r#"{"taskId":"a\n"}"#, &long];
        for data in ["null", "{}", "[]"].into_iter().chain(no_ids) {
            assert_eq!(judge(200, &format!(r#"{{"code":200,"data":{data}}}"#)), UNKNOWN, "{data}");
        }
    }

    #[test]
    fn a_refusal_that_names_a_task_is_unknown_and_its_task_is_no_hint() {
        for reply in [
            r#"{"code":400,"data":{"taskId":"t1"}}"#,
            r#"{"code":430,"taskId" : "t1"}"#,
            r#"{"code":455,"data":[{"taskId":7}]}"#,
            r#"{"code":400,"data":{"taskId":" "}}"#,
            r#"{"code":400,"data":{"t\u0061skId":"a\u0000"}}"#,
        ] {
            assert_eq!(judge(200, reply), UNKNOWN, "{reply}");
        }
        for status in [307, 308, 429] {
            assert_eq!(judge(status, r#"{"data":{"taskId":"t1"}}"#), UNKNOWN, "{status}");
        }
        for nothing in [r#"{"code":430,"data":{"taskId":null}}"#, r#"{"code":430,"data":{"taskId":""}}"#] {
            assert!(matches!(judge(200, nothing), Told::Refused(..)), "{nothing}");
        }
    }

    #[test]
    fn without_an_envelope_only_two_redirects_and_throttling_are_known_to_create_nothing() {
        for status in [307, 308] {
            assert_eq!(judge(status, ""), Told::Refused(None, None), "{status}");
        }
        assert_eq!(judge(429, "<html>"), Told::Refused(Some(429), Some(Duration::from_secs(10))));
        for status in [200, 300, 301, 302, 303, 304, 403, 408, 500, 502, 503, 504] {
            assert_eq!(judge(status, "<html>"), UNKNOWN, "{status}");
        }
    }

    #[test]
    fn a_refusal_without_an_envelope_that_was_cut_short_proves_nothing() {
        for status in [307, 308, 429] {
            assert_eq!(cut(status, "<html>slow"), UNKNOWN, "{status}");
        }
    }

    #[test]
    fn a_proxy_that_asks_for_a_password_proves_something_only_before_the_body() {
        let proxy = |sent| judged(407, "<html>", sent, End::Complete);
        assert_eq!(proxy(BodySent::Nothing), Told::NotSent);
        assert_eq!([proxy(BodySent::Part), proxy(BodySent::Whole)], [UNKNOWN, UNKNOWN]);
        let beginning = r#"{"code":200,"data":{"taskId":"t1"},"#;
        assert_eq!(cut(407, beginning), UNKNOWN, "a proxy gives no hint");
    }

    #[test]
    fn the_error_says_that_it_was_a_proxy_that_asked() {
        for sent in [BodySent::Nothing, BodySent::Whole] {
            let answer = Answer { status: 407, retry_after: None, bytes: Vec::new(), end: End::Complete };
            let outcome = super::judge(UploadCover::api(), answer, Err(Unreadable::NotJson), sent);
            let (Outcome::NotSent(failure) | Outcome::Unknown { failure, .. }) = outcome else { panic!("{outcome:?}") };
            assert!(failure.to_string().contains("a proxy asked for a password"), "{failure}");
        }
    }

    #[test]
    fn an_answer_before_any_byte_of_the_body_proves_that_nothing_was_created() {
        for reply in ["<html>", r#"{"code":500}"#, r#"{"code":200,"data":null}"#] {
            assert_eq!(judged(502, reply, BodySent::Nothing, End::Complete), Told::NotSent, "{reply}");
        }
        let task = judged(200, r#"{"code":200,"data":{"taskId":"t1"}}"#, BodySent::Nothing, End::Complete);
        assert_eq!(task, Told::Task("t1".to_owned()), "but a task is a task");
    }

    #[test]
    fn a_hint_is_taken_only_from_the_beginning_of_a_success_envelope() {
        let hint = Told::Unknown(Some("t1".to_owned()));
        assert_eq!(cut(200, r#"{"code":200,"data":{"taskId" : "t1","x":"#), hint);
        assert_eq!(cut(502, r#"{"data":{"taskId":"t1"},"code":"200","#), hint);
        for nothing in [
            r#"{"code":200,"data":{"taskId":"t"#,
            r#"{"code":200,"data":{"taskId":12"#,
            r#"{"code":200,"data":{"taskId":" ","x":"#,
            r#"{"code":500,"data":{"taskId":"t1"}}"#,
            r#"{"data":{"taskId":"t1"},"#,
            r#"{"code":200,"data":[{"taskId":"t1"},"#,
            r#"<html>{"code":200,"data":{"taskId":"t1"}}</html>"#,
        ] {
            assert_eq!(cut(502, nothing), UNKNOWN, "{nothing}");
        }
    }
}
