//! Decides the outcome of a POST by its reply, which may be incomplete.

use bytes::Bytes;
use cover_spec::answers::{self, Doubt, Envelope, Reply, Unreadable};
use cover_spec::tables::{Api, CodeMeaning};

use super::Outcome;
use crate::error::{BodySent, Evidence, Failure, Kind};
use crate::ledger::TaskSource;
use crate::redact::shown;
use crate::transport::{BodyEnd, RawResponse};

pub(super) fn judge(api: &Api, answer: RawResponse, read: &Result<Envelope, Unreadable>, sent: BodySent) -> Outcome {
    let outcome = match outcome(api, &answer, read) {
        // The body is never handed over after this, so nothing can have been created.
        Outcome::Unknown { failure, hint: None } if sent == BodySent::Nothing => {
            Outcome::NotSent(failure.answered_early())
        }
        outcome => outcome,
    };
    match (outcome, answer.end) {
        (Outcome::Unknown { failure, hint }, BodyEnd::Broken(source)) => {
            Outcome::Unknown { failure: failure.with_source(source), hint }
        }
        (outcome, _) => outcome,
    }
}

fn outcome(api: &Api, answer: &RawResponse, read: &Result<Envelope, Unreadable>) -> Outcome {
    let is_whole = matches!(answer.end, BodyEnd::Complete);
    let reply = answers::reply(api, read, answer.status, &answer.bytes, is_whole);
    let failure = |kind| match read {
        Ok(envelope) => {
            let known = answers::code(api, envelope.code);
            Failure::new(kind).with_code(envelope.code, known, envelope.message.as_deref().map(shown))
        }
        Err(_) if answer.status == 429 && is_whole => {
            let rest = answer.retry_after.unwrap_or(api.rate_limit.per);
            Failure::new(kind).with_meaning(answer.status, CodeMeaning::RateLimited).with_resend(Some(rest))
        }
        Err(_) => Failure::new(kind),
    };
    let unknown = |evidence, hint| Outcome::Unknown { failure: failure(Kind::OutcomeUnknown(evidence)), hint };
    match reply {
        Reply::Answer => Outcome::Answer(Bytes::copy_from_slice(&answer.bytes)),
        Reply::Task(id) => Outcome::Task(id, TaskSource::Reply),
        Reply::Refused => Outcome::Refused(failure(Kind::Refused)),
        Reply::Redirected => Outcome::Refused(failure(Kind::Redirected(answer.status))),
        Reply::Unknown(Doubt::NoTask) => unknown(Evidence::NoTask, None),
        Reply::Unknown(Doubt::AmbiguousCode) => unknown(Evidence::AmbiguousCode, None),
        Reply::Unknown(Doubt::HasResults) => unknown(Evidence::HasResults, None),
        Reply::Unknown(Doubt::Proxy) => unknown(Evidence::Proxy, None),
        Reply::Unknown(Doubt::Unreadable { hint }) => {
            unknown(Evidence::Status(answer.status, read.as_ref().err().copied()), hint)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::UploadCover;
    use crate::service::StaticService;
    use crate::transport::envelope;

    /// The parts of an outcome that the tests compare.
    #[derive(Debug, PartialEq)]
    enum Judged {
        Task(String),
        Refused(Option<u32>, Option<Duration>),
        NotSent,
        Unknown(Option<String>),
    }

    fn judged(status: u16, reply: &str, sent: BodySent, end: BodyEnd) -> Judged {
        let api = UploadCover::api();
        let answer = RawResponse { status, retry_after: None, bytes: reply.into(), end };
        let read = envelope::read(api, &answer);
        match super::judge(api, answer, &read, sent) {
            Outcome::Task(id, _) => Judged::Task(id),
            Outcome::Refused(failure) => Judged::Refused(failure.code.map(|(code, _)| code), failure.resend_after()),
            Outcome::NotSent(_) => Judged::NotSent,
            Outcome::Answer(_) => panic!("the operation has tasks"),
            Outcome::Unknown { failure, hint } => {
                assert!(failure.is_outcome_unknown() && failure.resend_after().is_none(), "{failure:?}");
                Judged::Unknown(hint)
            }
        }
    }

    fn judge(status: u16, reply: &str) -> Judged {
        judged(status, reply, BodySent::Whole, BodyEnd::Complete)
    }

    fn cut(status: u16, reply: &str) -> Judged {
        judged(status, reply, BodySent::Whole, BodyEnd::Broken("the connection ended".into()))
    }

    const UNKNOWN: Judged = Judged::Unknown(None);

    #[test]
    fn the_envelope_takes_precedence_over_the_http_status() {
        assert_eq!(judge(500, r#"{"code":200,"data":{"taskId":"t1"}}"#), Judged::Task("t1".to_owned()));
        assert_eq!(judge(303, r#"{"code":200,"data":{"taskId":"t1"}}"#), Judged::Task("t1".to_owned()));
        assert_eq!(judge(200, r#"{"code":"400","msg":"no","data":null}"#), Judged::Refused(Some(400), None));
        assert_eq!(judge(302, r#"{"code":400,"msg":"no"}"#), Judged::Refused(Some(400), None));
    }

    #[test]
    fn only_codes_that_create_nothing_are_refusals() {
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
            let refused = Judged::Refused(Some(code), resend.map(Duration::from_secs));
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
    fn a_refusal_that_names_a_task_is_unknown_without_a_hint() {
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
            assert!(matches!(judge(200, nothing), Judged::Refused(..)), "{nothing}");
        }
    }

    #[test]
    fn without_an_envelope_only_307_308_and_429_are_refusals() {
        for status in [307, 308] {
            assert_eq!(judge(status, ""), Judged::Refused(None, None), "{status}");
        }
        assert_eq!(judge(429, "<html>"), Judged::Refused(Some(429), Some(Duration::from_secs(10))));
        for status in [200, 300, 301, 302, 303, 304, 403, 408, 500, 502, 503, 504] {
            assert_eq!(judge(status, "<html>"), UNKNOWN, "{status}");
        }
    }

    #[test]
    fn a_truncated_refusal_without_an_envelope_is_unknown() {
        for status in [307, 308, 429] {
            assert_eq!(cut(status, "<html>slow"), UNKNOWN, "{status}");
        }
    }

    #[test]
    fn status_407_proves_something_only_before_the_body() {
        let proxy = |sent| judged(407, "<html>", sent, BodyEnd::Complete);
        assert_eq!(proxy(BodySent::Nothing), Judged::NotSent);
        assert_eq!([proxy(BodySent::Part), proxy(BodySent::Whole)], [UNKNOWN, UNKNOWN]);
        let beginning = r#"{"code":200,"data":{"taskId":"t1"},"#;
        assert_eq!(cut(407, beginning), UNKNOWN, "a proxy gives no hint");
    }

    #[test]
    fn the_error_names_the_proxy() {
        for sent in [BodySent::Nothing, BodySent::Whole] {
            let answer = RawResponse { status: 407, retry_after: None, bytes: Vec::new(), end: BodyEnd::Complete };
            let outcome = super::judge(UploadCover::api(), answer, &Err(Unreadable::NotJson), sent);
            let (Outcome::NotSent(failure) | Outcome::Unknown { failure, .. }) = outcome else { panic!("{outcome:?}") };
            assert!(failure.to_string().contains("a proxy requires a password"), "{failure}");
        }
    }

    #[test]
    fn an_answer_before_the_body_proves_that_nothing_was_created() {
        for reply in ["<html>", r#"{"code":500}"#, r#"{"code":200,"data":null}"#] {
            assert_eq!(judged(502, reply, BodySent::Nothing, BodyEnd::Complete), Judged::NotSent, "{reply}");
        }
        let task = judged(200, r#"{"code":200,"data":{"taskId":"t1"}}"#, BodySent::Nothing, BodyEnd::Complete);
        assert_eq!(task, Judged::Task("t1".to_owned()), "unless the answer names a task");
    }

    #[test]
    fn a_hint_comes_only_from_the_beginning_of_a_success_envelope() {
        let hint = Judged::Unknown(Some("t1".to_owned()));
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
