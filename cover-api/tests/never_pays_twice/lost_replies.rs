//! Replies to a POST that are lost, late, cut short or nonsensical: the error keeps what is known, and nothing is sent again.

use cover_api::sandbox::{Answer, Sandbox};
use cover_api::{Client, CoverRequest, Error, Model, NonCustom};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use std::time::Duration;

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn request() -> CoverRequest<NonCustom> {
    let builder = CoverRequest::non_custom().upload_url("https://a.example/x?sig=s3cret").without_callback();
    builder.model(Model::V5).prompt("A calm night drive").build().expect("valid")
}

async fn answered(answer: Answer) -> Result<(Error, u64), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    sandbox.answer_submit(answer);
    let client =
        Client::builder(sandbox.key()).base_url(sandbox.url()).max_attempts(1).retry_window(Duration::ZERO).build()?;
    let error = client.send(&request()).await.expect_err("scripted");
    assert!(!format!("{error:?} {error}").contains("s3cret"), "{error:?}");
    Ok((error, sandbox.submits()))
}

#[tokio::test]
async fn a_reply_that_cannot_be_read_leaves_the_outcome_unknown() -> Outcome {
    let large = format!("{{\"code\":200,\"data\":\"{}\"}}", "x".repeat(2 << 20));
    for (answer, says) in [
        (Answer::raw(502, "<html>https://a.example/x?sig=s3cret</html>"), "(HTTP status 502) is not JSON"),
        (Answer::raw(200, ""), "is empty"),
        (Answer::raw(200, "[1]"), "not an object"),
        (Answer::raw(200, "{}"), "has no code"),
        (Answer::raw(200, large), "has more than 1 MiB"),
        (Answer::cut_short(r#"{"code":200,"#), "was cut short"),
        (Answer::raw(200, r#"{"code":200,"data":{}}"#), "does not give the id of a task"),
    ] {
        let (error, submits) = answered(answer).await?;
        assert!(error.is_outcome_unknown() && error.may_have_been_charged(), "{error:?}");
        assert!(error.to_string().contains(says), "{error} does not say {says}");
        assert_eq!(error.resend_after(), None);
        assert_eq!(submits, 1);
    }
    Ok(())
}

#[tokio::test]
async fn the_id_of_a_task_in_a_broken_reply_is_kept() -> Outcome {
    let (error, _) = answered(Answer::cut_short(r#"{"code":200,"data":{"taskId":"task-77","#)).await?;
    assert_eq!(error.handle().map(cover_api::TaskHandle::id), Some("task-77"), "{error:?}");
    assert!(error.is_outcome_unknown(), "it was not confirmed");
    Ok(())
}

#[tokio::test]
async fn the_id_of_a_task_outside_a_success_envelope_is_ignored() -> Outcome {
    for answer in [
        Answer::cut_short(r#"{"code":500,"data":{"taskId":"task-77"}}"#),
        Answer::raw(200, r#"{"code":500,"data":{"taskId":"task-77"}}"#),
        Answer::raw(502, r#"<html>task-76 failed: {"code":200,"data":{"taskId":"task-77"}}</html>"#),
    ] {
        let (error, _) = answered(answer).await?;
        assert!(error.is_outcome_unknown() && error.handle().is_none(), "{error:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_proves_nothing_unless_it_repeats_the_post() -> Outcome {
    for (status, is_proof) in [(301, false), (302, false), (303, false), (307, true), (308, true)] {
        let (error, submits) = answered(Answer::raw(status, "")).await?;
        assert_eq!(error.is_refused(), is_proof, "{status}: {error:?}");
        assert_eq!(error.may_have_been_charged(), !is_proof, "{status}: {error:?}");
        assert_eq!(submits, 1);
    }
    Ok(())
}

#[tokio::test]
async fn http_429_of_a_proxy_does_not_mean_missing_credits() -> Outcome {
    let (error, submits) = answered(Answer::raw(429, "<html>slow down</html>")).await?;
    assert!(error.is_rate_limited() && !error.is_insufficient_credits(), "{error:?}");
    assert!(!error.may_have_been_charged());
    assert_eq!(submits, 1);
    Ok(())
}

#[tokio::test]
async fn a_request_without_a_connection_was_not_sent() -> Outcome {
    let port = TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port();
    let client = Client::builder("key").base_url(format!("http://127.0.0.1:{port}")).build()?;
    let error = client.send(&request()).await.expect_err("nobody listens");
    assert!(error.is_not_sent() && !error.may_have_been_charged(), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn a_connection_that_ends_after_the_request_leaves_the_outcome_unknown() -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let server = tokio::spawn(async move {
        let mut posts = 0;
        while let Ok(Ok((mut stream, _))) = tokio::time::timeout(Duration::from_millis(500), listener.accept()).await {
            let mut head = [0; 4096];
            posts += usize::from(stream.read(&mut head).await.is_ok_and(|length| head[..length].starts_with(b"POST ")));
        }
        posts
    });
    let client = Client::builder("key").base_url(format!("http://127.0.0.1:{port}")).build()?;
    let error = client.send(&request()).await.expect_err("the connection ends");
    assert!(error.is_outcome_unknown(), "{error:?}");
    assert_eq!(server.await?, 1, "sent once, whatever happens");
    Ok(())
}
