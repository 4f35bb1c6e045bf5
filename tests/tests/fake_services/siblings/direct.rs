//! Endpoints whose answer has the result.

use axum::http::Method;

use super::setup;
use crate::Outcome;

mod style {
    cover_api::api!("specs/siblings/style.toml", in crate::siblings::direct::style);
}
mod credit {
    cover_api::api!("specs/siblings/credit.toml", in crate::siblings::direct::credit);
}

#[tokio::test(start_paused = true)]
async fn a_text_that_comes_at_once_is_paid_once_also_if_it_cannot_be_read() -> Outcome {
    let (fake, client) = setup()?;
    let client = client.operation::<style::BoostStyle>()?;
    let request = |content: &str| style::StyleRequest::builder().content(content).build();
    for _ in 0..2 {
        let answer = client.send(&request("jazz")?).key("jazz").await?;
        assert_eq!(answer.result.as_deref(), Some("Smooth jazz with brushed drums"));
        assert_eq!(answer.credits_consumed, Some(0.4));
    }
    assert_eq!(fake.count(&Method::POST), 1);
    for (content, expected) in [("nothing", "`data.result` is null"), ("a list", "`data.result` is a list")] {
        for _ in 0..2 {
            let error = client.send(&request(content)?).key(content).await.unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
            assert!(error.may_have_been_charged(), "{error}");
        }
    }
    assert_eq!(fake.count(&Method::POST), 3, "what was charged is not posted again");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_question_without_fields_is_asked_again_each_time() -> Outcome {
    let (fake, client) = setup()?;
    let client = client.operation::<credit::Credit>()?;
    let request = credit::CreditRequest::builder().build()?;
    for _ in 0..2 {
        assert_eq!(client.send(&request).await?.credits, Some(87.25));
    }
    assert_eq!(fake.count(&Method::GET), 2);
    assert!(client.send(&request).key("credits").await.unwrap_err().is_setup());
    Ok(())
}
