//! Prices of requests, quotes, and the limit of what all operations of an account spend.

use cover_api::runtime::{ClientBuilder, Credits, Quote, Spec, SpendLimit};
use cover_testkit::Outcome;

use crate::common::mix::MixRequest;
use crate::common::{ADDRESS, SECRET, Service, any_mix, cover, mix, mix_client, mix_json, without_credits};

fn thousandths(thousandths: u64) -> Credits {
    Credits::from_thousandths(thousandths)
}

#[tokio::test]
async fn the_price_of_a_request_follows_its_spec_for_generated_types_and_for_others() -> Outcome {
    let covers = Service::start().await?.client()?;
    let (mixes, any) = (mix_client(&covers)?, any_mix(&covers)?);
    let quiet = mix(1)?;
    let loud = MixRequest::builder().upload_url("https://storage.example.com/1.mp3").loudness(0.5);
    let loud = loud.call_back_url(ADDRESS).build()?;
    assert_eq!(covers.price(&cover(1))?, Some(12.into()));
    assert_eq!((mixes.price(&quiet)?, mixes.price(&loud)?), (Some(thousandths(400)), Some(thousandths(2_500))));
    let read = |request: &MixRequest| any.request(serde_json::to_vec(request).expect("it is written"));
    assert_eq!(
        (any.price(&read(&quiet)?)?, any.price(&read(&loud)?)?),
        (Some(thousandths(400)), Some(thousandths(2_500)))
    );
    // A spec without prices, and a request of another spec.
    let free = covers.account().operation_from_spec(&Spec::parse("mix.toml", &without_credits())?)?;
    assert_eq!(free.price(&free.request(mix_json(1))?)?, None);
    assert!(any.price(&free.request(mix_json(1))?).is_err());
    Ok(())
}

#[tokio::test]
async fn a_quote_compares_the_sum_of_the_prices_with_the_credits_and_sends_no_request() -> Outcome {
    let service = Service::with_credits(30).await?;
    let covers = service.client()?;
    let mixes = mix_client(&covers)?;
    let requests: Vec<_> = (0..3).map(cover).collect();
    let quote = covers.quote(&requests[..2]).await?;
    assert_eq!(
        (quote.cost(), quote.left(), quote.is_enough(), quote.missing()),
        (24.into(), 30.into(), true, Credits::ZERO)
    );
    let quote = covers.quote(&requests).await?;
    assert_eq!((quote.is_enough(), quote.missing()), (false, 6.into()));
    let both = covers.quote(&requests[..2]).await? + mixes.quote([&mix(1)?, &mix(2)?]).await?;
    assert_eq!(both, Quote::new(thousandths(24_800), 30));
    assert_eq!(covers.quote(&requests[..0]).await?, Quote::new(0, 30));
    assert_eq!((service.cover.tasks(), service.mix.tasks(), covers.stats().posts), (0, 0, 0));

    covers.send(&requests[0]).await?;
    assert_eq!(covers.credits().await?, 18.into());
    assert_eq!(covers.quote([&requests[1]]).await?.left(), 18.into());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_spend_limit_counts_all_operations_of_an_account() -> Outcome {
    let service = Service::start().await?;
    let limit = SpendLimit::per_process(thousandths(14_900));
    let covers = cover_api::Client::builder(service.cover.key()).transport(service.router());
    let covers = covers.callbacks(ADDRESS, SECRET).spend_limit(limit).build()?;
    let (mixes, any) = (mix_client(&covers)?, any_mix(&covers)?);
    mixes.send(&mix(1)?).key("1").await?;
    covers.send(&cover(1)).key("1").await?;
    let loud = r#"{"uploadUrl": "https://storage.example.com/2.mp3", "loudness": 1, "callBackUrl": "https://api.example.com/songs"}"#;
    any.send(&any.request(loud)?).key("2").await?;
    let error = mixes.send(&mix(3)?).key("3").await.expect_err("0.4 + 12 + 2.5 are spent");
    assert!(error.is_spend_limit() && error.to_string().contains("14.9 of 14.9 credits are spent"), "{error}");
    assert!(covers.send(&cover(3)).key("3").await.is_err_and(|error| error.is_spend_limit()));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn with_a_spend_limit_an_operation_without_a_price_is_not_sent() -> Outcome {
    let service = Service::start().await?;
    let client = |limit: Option<SpendLimit>| {
        let client = cover_api::Client::builder(service.cover.key()).transport(service.router());
        let client = client.callbacks(ADDRESS, SECRET);
        limit.into_iter().fold(client, ClientBuilder::spend_limit).build()
    };
    let spec = Spec::parse("mix.toml", &without_credits())?;
    for (limit, is_sent) in [(None, true), (Some(SpendLimit::per_process(1_000.into())), false)] {
        let mixes = client(limit)?.account().operation_from_spec(&spec)?;
        match mixes.send(&mixes.request(mix_json(1))?).key("1").await {
            Ok(_) => assert!(is_sent),
            Err(error) => {
                assert!(!is_sent && error.is_spend_limit() && error.is_not_sent(), "{error}");
                assert!(error.to_string().contains("the spec of `sunoapi.org/mix` has no `[credits]`"), "{error}");
            }
        }
    }
    assert_eq!(service.mix.tasks(), 1);
    Ok(())
}
