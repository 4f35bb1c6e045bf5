//! Codes of failed tasks say what became of the credits, however they are written.

use cover_api::Refunded;
use cover_testkit::Outcome;

use super::service::{Reply, connected, handle};

const REFUNDED: &str = "the credits were refunded";

#[tokio::test]
async fn the_code_of_a_failed_task_says_whether_it_was_refunded() -> Outcome {
    for (code, expected) in [
        ("531", Refunded::Yes),
        ("\"531\"", Refunded::Yes),
        ("\" 531 \"", Refunded::Yes),
        ("531.0", Refunded::Yes),
        ("500", Refunded::Unknown),
        ("532", Refunded::Unknown),
        ("-531", Refunded::Unknown),
        ("4294967827", Refunded::Unknown),
        ("53100000000000000000000000000000", Refunded::Unknown),
        ("\"refunded\"", Refunded::Unknown),
        ("[531]", Refunded::Unknown),
        ("{\"531\":531}", Refunded::Unknown),
        ("null", Refunded::Unknown),
        ("0", Refunded::Unknown),
        ("200", Refunded::Unknown),
    ] {
        let body = format!(r#"{{"code":200,"data":{{"status":"GENERATE_AUDIO_FAILED","errorCode":{code}}}}}"#);
        let (service, client) = connected().await?;
        service.with(|inner| inner.get = Reply::plain(body));
        let error = client.resume(handle("t1")).wait().await.expect_err(code);
        assert_eq!((error.is_failed(), error.refunded()), (true, expected), "{code}: {error}");
        let last = error.last_snapshot().ok_or("it was polled")?;
        assert_eq!((last.is_failed(), last.refunded()), (true, expected), "{code}");
        assert_eq!(error.to_string().contains(REFUNDED), expected == Refunded::Yes, "{code}: {error}");
    }
    Ok(())
}

#[tokio::test]
async fn a_task_that_has_not_failed_is_not_refunded_whatever_its_code() -> Outcome {
    let song = r#""response":{"sunoData":[{"audioUrl":"https://a.example/1.mp3"}]}"#;
    for state in [format!(r#""status":"SUCCESS",{song}"#), format!(r#""status":"PENDING",{song}"#)] {
        let body = format!(r#"{{"code":200,"data":{{{state},"errorCode":531}}}}"#);
        let (service, client) = connected().await?;
        service.with(|inner| inner.get = Reply::plain(body));
        let snapshot = client.resume(handle("t1")).poll().await?;
        assert_eq!((snapshot.is_failed(), snapshot.refunded()), (false, Refunded::Unknown), "{state}");
    }
    Ok(())
}

#[tokio::test]
async fn a_failure_without_a_code_says_nothing_of_the_credits() -> Outcome {
    let (service, client) = connected().await?;
    service.with(|inner| inner.get = Reply::plain(r#"{"code":200,"data":{"status":"CREATE_TASK_FAILED"}}"#));
    let error = client.resume(handle("t1")).wait().await.expect_err("it failed");
    assert_eq!((error.is_failed(), error.refunded()), (true, Refunded::Unknown), "{error}");
    assert!(!error.to_string().contains("credits"), "{error}");
    Ok(())
}
