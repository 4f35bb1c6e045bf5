//! The length of a recording is compared with the limits of the request that it is sent in.

use std::error::Error as _;
use std::time::Duration;

use cover_api::Violations;
use cover_api::sandbox::Sandbox;
use cover_testkit::Outcome;
use cover_testkit::Result;
use cover_testkit::recordings::wav;

cover_api::api!("tests/specs/lengths.toml", in crate::lengths);

async fn start() -> Result<(Sandbox, Client)> {
    let spec = include_str!("../specs/lengths.toml");
    let sandbox = Sandbox::builder().spec(spec).stage_each_poll().without_rate_limit().start().await?;
    let client = Client::builder(sandbox.key()).base_url(sandbox.url()).rate_limit(64, Duration::ZERO).build()?;
    Ok((sandbox, client))
}

#[tokio::test]
async fn before_the_upload_the_greatest_limit_counts_or_that_of_the_model() -> Outcome {
    let (sandbox, client) = start().await?;
    let said = client.upload_bytes("a.wav", wav(7)).await.expect_err("too long").to_string();
    assert!(said.ends_with("it is 7 seconds long, and `songs` takes at most 6 with grand"), "{said}");
    let said = client.upload_bytes("a.wav", wav(3)).model(Model::Mini).await.expect_err("too long").to_string();
    let dispute = "(documented twice: 2 in the guide, but 4 in the table)";
    assert!(
        said.ends_with(&format!("it is 3 seconds long, and `songs` takes at most 2 with mini {dispute}")),
        "{said}"
    );
    let said = client.upload_bytes("a.wav", wav(13)).await.expect_err("too large").to_string();
    assert!(said.ends_with("it has 208044 bytes, and the service takes at most 200000"), "{said}");
    assert_eq!(sandbox.uploads(), 0);
    client.upload_bytes("a.wav", wav(6)).model(Model::Grand).await?;
    Ok(())
}

#[tokio::test]
async fn a_request_with_a_recording_that_is_too_long_for_its_mode_and_model_is_not_posted() -> Outcome {
    let (sandbox, client) = start().await?;
    let short = client.upload_bytes("a.wav", wav(1)).await?;
    let long = client.upload_bytes("b.wav", wav(5)).await?;
    let songs = [&short, &long].map(String::from);
    let cover = LengthsRequest::cover().model(Model::Mini).songs(songs.clone()).build()?;
    let error = client.send(&cover).key("order-1").await.expect_err("too long");
    assert!(error.is_setup() && !error.may_have_been_charged(), "{error:?}");
    let violations =
        error.source().and_then(|source| source.downcast_ref::<Violations>()).expect("the source has them");
    assert_eq!(
        violations.to_string(),
        "songs[1]: 5 seconds, at most 2 with mini in Cover (documented twice: 2 in the guide, but 4 in the table)"
    );
    let remix = LengthsRequest::remix().model(Model::Grand).songs(songs.clone()).build()?;
    let said = client.send(&remix).key("order-1").await.expect_err("too long").to_string();
    assert!(said.ends_with("songs[1]: 5 seconds, at most 4 with grand in Remix"), "{said}");
    assert_eq!(sandbox.submits(), 0);

    // The same key is free for a request that fits.
    let cover = LengthsRequest::cover().model(Model::Grand).songs(songs).build()?;
    client.send(&cover).key("order-1").await?;
    assert_eq!(sandbox.tasks(), 1);
    Ok(())
}

#[tokio::test]
async fn the_length_of_an_address_from_elsewhere_is_not_known() -> Outcome {
    let (sandbox, client) = start().await?;
    let songs = ["https://storage.example.com/symphony.wav".to_owned()];
    let request = LengthsRequest::cover().model(Model::Mini).songs(songs).build()?;
    client.send(&request).await?;
    assert_eq!(sandbox.tasks(), 1);
    Ok(())
}
