use std::error::Error;
use std::io;
use std::time::Duration;

use url::Url;

use cover_spec::answers::{self, Unreadable};

use super::*;
use crate::error::cause::BoxError;
use crate::error::{BadDownload, BadUpload, DownloadFault, KnownTask, UploadFault};
use crate::service::StaticService;

/// Lists the text of each variant of an enum. A variant without a row does not compile.
macro_rules! texts {
    ($type:ty, $failure:expr; $($pattern:pat => $([$value:expr, $text:expr]),+;)+) => {{
        let _every_variant_has_a_row = |value: &$type| match value { $($pattern => (),)+ };
        let mut rows: Vec<(Failure, &str)> = Vec::new();
        $(rows.extend([$(($failure($value), $text)),+]);)+
        rows
    }};
}

mod downloads;
mod setups;

use downloads::download_faults;
use setups::setups;

fn lacking() -> answers::Lacking {
    let lacking = answers::results(crate::UploadCover::api(), &serde_json::json!({})).lacking;
    lacking.expect("there are no results")
}

fn failure(kind: Kind) -> Failure {
    Failure::new(kind).with_host(&Url::parse("https://u:s3cret@api.example.com/v1?s3cret").expect("an address"))
}

const SECOND: Duration = Duration::from_secs(1);

#[expect(clippy::too_many_lines, reason = "it is a table")]
fn kinds() -> Vec<(Failure, &'static str)> {
    texts!(Kind, failure;
        Kind::Setup(_) => [Kind::Setup(Setup::EmptyKey), "the API key is empty"];
        Kind::Unwritable => [Kind::Unwritable, "nothing was sent: the request cannot be serialized as JSON"];
        Kind::Place(..) => [
            Kind::Place("voiceId".to_owned(), "would be a step in the path of an address"),
            "nothing was sent: the value of `voiceId` would be a step in the path of an address"
        ];
        Kind::Key(_) => [Kind::Key("is empty"), "nothing was sent: the idempotency key is empty"];
        Kind::TaskId(_) => [
            Kind::TaskId("has control characters"),
            "nothing was sent: the id of the task has control characters"
        ];
        Kind::OtherOperation(..) => [
            Kind::OtherOperation("a.example/mix".to_owned(), "a.example/sing"),
            "nothing was sent: this is of the operation `a.example/mix`, and the client of `a.example/sing`: use a client of that \
             operation"
        ];
        Kind::OtherSpec(_) => [
            Kind::OtherSpec("a.example/sing"),
            "nothing was sent: the request was built with another spec of the operation `a.example/sing`: build it with `request` of \
             this client"
        ];
        Kind::TooManyFailures { .. } => [
            Kind::TooManyFailures { failures: 3, limit: 2 },
            "nothing was sent: 3 tasks of this key have failed, and the limit is 2: find out why, and to post once more, send \
             with `.max_failures(4)`"
        ], [
            Kind::TooManyFailures { failures: 1, limit: 1 },
            "nothing was sent: 1 task of this key has failed, and the limit is 1: find out why, and to post once more, send \
             with `.max_failures(2)`"
        ];
        Kind::KeyConflict(_) => [
            Kind::KeyConflict(OtherRequest::Bought),
            "nothing was sent: this idempotency key was used for a different request"
        ], [
            Kind::KeyConflict(OtherRequest::InProgress),
            "nothing was sent: this idempotency key was used for a different request, which is being sent: wait for it and run again"
        ], [
            Kind::KeyConflict(OtherRequest::Failed),
            "nothing was sent: this idempotency key was used for a different request, whose task failed: to post again under this key, \
             send with `.after_failure()`"
        ], [
            Kind::KeyConflict(OtherRequest::Unknown),
            "nothing was sent: this idempotency key was used for a different request, whose outcome is unknown, and which may have been \
             charged"
        ];
        Kind::OtherWay { .. } => [
            Kind::OtherWay { is_task: true },
            "nothing was sent: this purchase is a task, and the spec of this client has no `[poll]`: use a client of the spec that made \
             the purchase"
        ], [
            Kind::OtherWay { is_task: false },
            "nothing was sent: this purchase was answered at once, and the spec of this client has `[poll]`: use a client of the spec \
             that made the purchase"
        ];
        Kind::Unrecorded => [Kind::Unrecorded, "nothing was sent: the ledger could not be read or written"];
        Kind::Ledger => [Kind::Ledger, "the ledger could not be read or written"];
        Kind::Unresolved => [Kind::Unresolved, "the ledger's entry does not allow this"];
        Kind::NotSent => [Kind::NotSent, "the request was not sent to api.example.com:443"];
        Kind::AnsweredEarly(_) => [
            Kind::AnsweredEarly(Evidence::Proxy),
            "the request was not sent to api.example.com:443: an answer came before the body was sent: a proxy requires a password"
        ];
        Kind::Stopped => [Kind::Stopped, "nothing was sent: the service reported that no credits are left"];
        Kind::OverLimit { .. } => [
            Kind::OverLimit { price: 12.into(), spent: 90.into(), limit: 100.into(), period: None },
            "nothing was sent: the request costs 12 credits, and 90 of 100 credits are spent, which is the spend limit of this process: \
             raise the limit"
        ], [
            Kind::OverLimit { price: 12.into(), spent: 90.into(), limit: 100.into(), period: Some(SECOND) },
            "nothing was sent: the request costs 12 credits, and 90 of 100 credits are spent, which is the spend limit of 1s: wait, or \
             raise the limit"
        ], [
            Kind::OverLimit { price: 12.into(), spent: 0.into(), limit: 5.into(), period: Some(SECOND) },
            "nothing was sent: the request costs 12 credits, and 0 of 5 credits are spent, which is the spend limit of 1s: raise the limit"
        ];
        Kind::NoPrice(_) => [
            Kind::NoPrice("a/mix"),
            "nothing was sent: the account has a spend limit, and the spec of `a/mix` has no `[credits]` with a `cost`: add it, or send \
             the request by a client without a limit, and with another ledger or account name"
        ];
        Kind::NoPermit(_) => [
            Kind::NoPermit(None),
            "nothing was sent: the rate limit allows no request now"
        ], [
            Kind::NoPermit(Some(SECOND)),
            "nothing was sent: the rate limit allows no request for 1s"
        ];
        Kind::ShutDown => [Kind::ShutDown, "nothing was sent: the client was shut down"];
        Kind::Interrupted => [
            Kind::Interrupted,
            "the request was not sent: the Tokio task of the attempt panicked, or was dropped with its runtime"
        ];
        Kind::GaveUp { .. } => [
            Kind::GaveUp { after: SECOND, goes_on: false },
            "the request was not sent within 1s"
        ], [
            Kind::GaveUp { after: SECOND, goes_on: true },
            "no reply came within 1s; the attempt continues, and sending the same request again returns its outcome"
        ];
        Kind::InProgress => [
            Kind::InProgress,
            "nothing was sent: another send of this purchase is under way: wait for it and run again"
        ];
        Kind::Redirected(_) => [
            Kind::Redirected(307),
            "the service at api.example.com:443 redirected the request, which is not followed (HTTP status 307)"
        ];
        Kind::OutcomeUnknown(_) => [
            Kind::OutcomeUnknown(Evidence::NoAnswer),
            "the outcome of the request is unknown, and it may have been charged: no answer came from api.example.com:443"
        ], [
            Kind::OutcomeUnknown(Evidence::AmbiguousCode),
            "the outcome of the request is unknown, and it may have been charged: the code of the answer does not rule out that a task was \
             created"
        ];
        Kind::Refused => [Kind::Refused, "the service refused the request"];
        Kind::NoAnswer => [Kind::NoAnswer, "the service at api.example.com:443 did not answer"];
        Kind::BadAnswer(_) => [
            Kind::BadAnswer(Evidence::NoAmount),
            "the answer from api.example.com:443 cannot be used: it does not contain a number"
        ];
        Kind::Adopted => [
            Kind::Adopted,
            "another process has adopted the task, since this one was shut down or the ledger had not heard of it for too long; that process \
             now waits for the task"
        ];
        Kind::NoSuchTask => [Kind::NoSuchTask, "the service does not know this task"];
        Kind::Failed { .. } => [Kind::Failed { has_key: false, refunded: Refunded::Unknown }, "the task failed"], [
            Kind::Failed { has_key: true, refunded: Refunded::Yes },
            "the task failed; the credits were refunded; to post again under this key, send with `.after_failure()`"
        ], [
            Kind::Failed { has_key: false, refunded: Refunded::No },
            "the task failed; the credits were not refunded"
        ];
        Kind::Cancelled { .. } => [
            Kind::Cancelled { has_key: false, refunded: Refunded::Unknown },
            "the task was cancelled"
        ], [
            Kind::Cancelled { has_key: true, refunded: Refunded::Unknown },
            "the task was cancelled; to post again under this key, send with `.after_failure()`"
        ];
        Kind::CancelUnknown(_) => [
            Kind::CancelUnknown(Evidence::NoAnswer),
            "the task may or may not have been cancelled, as its next poll will tell: no answer came from api.example.com:443"
        ];
        Kind::Timeout { .. } => [
            Kind::Timeout { after: SECOND, last_failure: None },
            "the task was not done after 1s; it may still be running"
        ], [
            Kind::Timeout { after: SECOND, last_failure: Some("the service did not answer".to_owned()) },
            "the task was not done after 1s; it may still be running; the last poll failed: the service did not answer"
        ];
        Kind::NoOutput(_) => [Kind::NoOutput(None), "the service says that the task is done, but its output is not complete"];
        Kind::NoAnswerWithin(_) => [Kind::NoAnswerWithin(SECOND), "no answer came within 1s; nothing was bought"];
        Kind::UnreadableAnswer(_) => [
            Kind::UnreadableAnswer(Unreadable::CutShort),
            "the purchase was charged, but the answer in the ledger was cut short"
        ];
        Kind::IncompleteAnswer { .. } => [
            Kind::IncompleteAnswer { lacking: Box::new(lacking()), is_paid: true },
            "the service answered and charged, but the results are not complete: `data.response.sunoData` is missing"],
            [Kind::IncompleteAnswer { lacking: Box::new(lacking()), is_paid: false },
            "the service answered, but the results are not complete: `data.response.sunoData` is missing"
        ];
        Kind::TooLong => [Kind::TooLong, "nothing was sent: an uploaded recording is too long for this request"];
        Kind::Upload(_) => [
            Kind::Upload(BadUpload { file: "song.mp3".to_owned(), fault: UploadFault::Empty }),
            "nothing was sent: `song.mp3` cannot be uploaded: it is empty"],
            [Kind::Upload(BadUpload {
                file: "song.mp3".to_owned(),
                fault: UploadFault::NotAgain(Box::new(UploadFault::Missing)),
            }),
            "`song.mp3` cannot be uploaded: it cannot be sent again: there is no such file"
        ];
        Kind::AnswerNotKept { .. } => [
            Kind::AnswerNotKept { has_key: true },
            "nothing was sent: the purchase of this key was answered and charged before, and its answer was not kept, because it has \
             more than 256 KiB: to buy it again, use another key"
        ], [
            Kind::AnswerNotKept { has_key: false },
            "nothing was sent: this purchase was answered and charged before, and its answer was not kept, because it has more than \
             256 KiB or another send has returned it: to buy it again, send the request again"
        ];
        Kind::Download(_) => [
            Kind::Download(BadDownload {
                host: "storage.example.com".to_owned(),
                done: 5,
                total: Some(9),
                fault: DownloadFault::Changed,
            }),
            "the download from `storage.example.com` failed after 5 of 9 bytes: the connection broke, and the server no longer \
             has the same file; the bytes that were already written cannot be replaced"
        ];
    )
}

fn evidence() -> Vec<(Failure, &'static str)> {
    let failure = |evidence| Failure::new(Kind::BadAnswer(evidence));
    texts!(Evidence, failure;
        Evidence::NoAnswer => [Evidence::NoAnswer, "no answer came"];
        Evidence::EarlierAttempt => [
            Evidence::EarlierAttempt,
            "an earlier attempt may have reached the service; nothing was sent now"
        ];
        Evidence::MayBeSent(_) => [
            Evidence::MayBeSent(Duration::from_secs(42)),
            "the process of an earlier attempt may still send it for 42s, and a second charge cannot be accepted before; nothing was \
             sent now: send it again after that time"
        ];
        Evidence::Interrupted => [
            Evidence::Interrupted,
            "the Tokio task of the attempt panicked, or was dropped with its runtime"
        ];
        Evidence::Proxy => [Evidence::Proxy, "a proxy requires a password"];
        Evidence::Status(..) => [
            Evidence::Status(502, None),
            "HTTP status 502"
        ], [
            Evidence::Status(502, Some(Unreadable::NotJson)),
            "the answer (HTTP status 502) is not JSON"
        ];
        Evidence::AmbiguousCode => [Evidence::AmbiguousCode, "the code of the answer does not rule out that a task was created"];
        Evidence::HasResults => [Evidence::HasResults, "the answer refuses the request, but has results"];
        Evidence::NoTask => [Evidence::NoTask, "the answer reports success, but does not give the id of a task"];
        Evidence::OtherTask => [Evidence::OtherTask, "the answer names a task that belongs to another request"];
        Evidence::NoLink => [Evidence::NoLink, "it reports success, but does not contain the address of the file"];
        Evidence::EarlySuccess { .. } => [
            Evidence::EarlySuccess { sent: 5, length: 9 },
            "it reports success after 5 of 9 bytes of the file"
        ];
        Evidence::NoAmount => [Evidence::NoAmount, "it does not contain a number"];
    )
}

fn unreadable() -> Vec<(Failure, &'static str)> {
    let failure = |why| Failure::new(Kind::BadAnswer(Evidence::Status(200, Some(why))));
    texts!(Unreadable, failure;
        Unreadable::Empty => [Unreadable::Empty, "is empty"];
        Unreadable::NotJson => [Unreadable::NotJson, "is not JSON"];
        Unreadable::NotAnObject => [Unreadable::NotAnObject, "is JSON, but not an object"];
        Unreadable::NoCode => [Unreadable::NoCode, "has no code"];
        Unreadable::CutShort => [Unreadable::CutShort, "was cut short"];
        Unreadable::TooLarge(_) => [Unreadable::TooLarge(1 << 20), "has more than 1 MiB"];
    )
}

#[test]
fn every_kind_has_a_text_and_debug_begins_with_it() {
    for (failure, text) in kinds().into_iter().chain(setups()) {
        assert_eq!(failure.to_string(), text);
        assert!(format!("{failure:?}").starts_with(&format!("{text} Failure {{ kind: ")), "{failure:?}");
        assert!(!format!("{failure:?}").contains("s3cret"), "{failure:?}");
    }
    for (failure, text) in evidence() {
        assert_eq!(failure.to_string(), format!("the answer cannot be used: {text}"));
    }
    for (failure, text) in download_faults() {
        assert_eq!(failure.to_string(), format!("the download from `a.example` failed: {text}"));
    }
    for (failure, text) in unreadable() {
        assert_eq!(failure.to_string(), format!("the answer cannot be used: the answer (HTTP status 200) {text}"));
    }
}

/// An error that has a cause.
#[derive(Debug)]
struct Outer(io::Error);

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the outside")
    }
}

impl Error for Outer {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[test]
fn the_innermost_cause_ends_the_line() {
    let refused = || io::Error::from_raw_os_error(111);
    for (source, says) in [
        (Box::new(Outer(refused())) as BoxError, "connection refused"),
        (refused().into(), "connection refused"),
        (Box::new(Outer(io::Error::other("DNS says no"))), "DNS says no"),
        ("Plain words".into(), "plain words"),
    ] {
        assert_eq!(
            Failure::new(Kind::NoAnswer).with_source(source).to_string(),
            format!("the service did not answer: {says}")
        );
    }
    let ledger = || Failure::new(Kind::Ledger);
    let said_twice = ledger().with_source(Outer(io::Error::other("the outside")));
    assert_eq!(said_twice.to_string(), "the ledger could not be read or written: the outside");
    let said_once = ledger().with_source(Outer(refused()));
    assert_eq!(said_once.to_string(), "the ledger could not be read or written: the outside: connection refused");
}

#[test]
fn code_message_and_task_follow_the_headline() {
    let task = KnownTask { operation: "a.example/sing", id: "task\n1".repeat(200), created: None };
    let failure = Failure::new(Kind::Refused).with_code(430, None, Some("slower".to_owned())).with_task(Some(task));
    let text = failure.to_string();
    assert!(text.starts_with("the service refused the request: code 430: slower [task task 1task 1"), "{text}");
    assert!(text.len() < 400 && !text.contains('\n'), "{text}");
}
