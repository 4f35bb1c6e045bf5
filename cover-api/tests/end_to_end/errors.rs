//! What errors say, and what they do not show.

use std::time::Duration;

use cover_api::sandbox::Answer;
use cover_api::{Client, Error, TaskHandle};
use cover_testkit::Outcome;
use cover_testkit::dns::NoHosts;

use crate::common::{client, fast_sandbox, request};

/// Code, predicate of the error, whether it may have been charged, and seconds until it may be sent again.
type CodeCase = (u32, fn(&Error) -> bool, bool, Option<u64>);

#[tokio::test]
async fn each_code_of_a_reply_is_an_error_of_its_kind_and_nothing_is_sent_again() -> Outcome {
    let cases: [CodeCase; 10] = [
        (400, Error::is_invalid, false, None),
        (401, Error::is_unauthorized, false, None),
        (404, Error::is_not_found, false, None),
        (405, Error::is_rate_limited, false, Some(10)),
        (413, Error::is_invalid, false, None),
        (429, Error::is_insufficient_credits, false, None),
        (430, Error::is_rate_limited, false, Some(30)),
        (455, Error::is_maintenance, false, Some(60)),
        (500, Error::is_outcome_unknown, true, None),
        (599, Error::is_outcome_unknown, true, None),
    ];
    let sandbox = fast_sandbox().start().await?;
    for (sent, (code, is_kind, charged, resend)) in (1..).zip(cases) {
        // A new client each time, since an answer may slow its client down.
        let client = client(&sandbox)?;
        sandbox.answer_submit(Answer::message(code, "see https://storage.example.com/song.mp3?signature=s3cret"));
        let error = client.send(&request()).await.expect_err("scripted");
        assert!(is_kind(&error), "{code}: {error:?}");
        assert_eq!(error.code(), Some(code));
        assert_eq!(error.may_have_been_charged(), charged, "{code}");
        assert_eq!(error.resend_after(), resend.map(Duration::from_secs), "{code}");
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
        assert_eq!(sandbox.submits(), sent);
    }
    assert_eq!(sandbox.tasks(), 0);
    Ok(())
}

#[tokio::test]
async fn a_handle_of_another_service_is_not_deserialised() {
    for (text, why) in [
        (r#"{"service":"speech.example","task":"1"}"#, "of another service: `speech.example`"),
        (r#"{"task":"1"}"#, "missing field `service`"),
        (r#"{"service":"sunoapi.org/upload-cover"}"#, "missing field `task`"),
        (r#"{"service":"sunoapi.org/upload-cover","task":""}"#, "missing field `task`"),
        ("[]", "expected a map"),
    ] {
        let error = serde_json::from_str::<TaskHandle>(text).expect_err(text);
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[tokio::test]
async fn a_wrong_key_is_refused_and_not_shown() -> Outcome {
    let sandbox = fast_sandbox().start().await?;
    let client = Client::builder("s3cret-key").base_url(sandbox.url()).build()?;
    let error = client.send(&request()).await.expect_err("wrong key");
    assert!(error.is_unauthorized() && !error.may_have_been_charged(), "{error:?}");
    let credits = client.credits().await.expect_err("wrong key");
    let shown = format!("{client:?} {error:?} {error} {credits:?} {credits}");
    assert!(!shown.contains("s3cret"), "{shown}");
    Ok(())
}

#[tokio::test]
async fn a_key_that_the_service_repeats_is_not_shown() -> Outcome {
    let sandbox = fast_sandbox().key("s3cret-key").start().await?;
    sandbox.answer_submit(Answer::message(401, "no such key: s3cret-key"));
    let error = client(&sandbox)?.send(&request()).await.expect_err("scripted");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("s3cret") && shown.contains(": message withheld: it repeats the API key"), "{shown}");
    Ok(())
}

#[tokio::test]
async fn an_error_names_the_host_and_the_cause_and_debug_starts_with_both() -> Outcome {
    for (base, send, poll) in [
        (
            "http://127.0.0.1:1/proxy",
            "the request was not sent: no connection to 127.0.0.1:1: connection refused",
            "the service did not answer: no connection to 127.0.0.1:1: connection refused [task t]",
        ),
        (
            "http://nowhere.invalid/proxy",
            "the request was not sent: no connection to nowhere.invalid:80: failed to lookup address information: ",
            "the service did not answer: no connection to nowhere.invalid:80: failed to lookup address information: ",
        ),
    ] {
        let client = Client::builder("key").base_url(base).allow_plain_http().max_attempts(1);
        let client = client.configure_http(|http| http.no_proxy().dns_resolver(NoHosts)).build()?;
        let handle = serde_json::from_str(r#"{"service":"sunoapi.org/upload-cover","task":"t"}"#)?;
        let errors = [
            (client.send(&request()).await.expect_err("no connection"), send),
            (client.resume(handle).poll().await.expect_err("no connection"), poll),
        ];
        for (error, says) in errors {
            let text = error.to_string();
            assert!(text.starts_with(says) && !text.contains('\n'), "{text}");
            assert!(format!("{error:?}").starts_with(&format!("{text} Error {{ kind: ")), "{error:?}");
        }
    }
    Ok(())
}
