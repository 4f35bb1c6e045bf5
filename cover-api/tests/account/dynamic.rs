use std::future::Future;

use cover_api::runtime::{AnyService, Client, Spec};
use cover_api::{CoverRequest, FromJson, Model, VocalGender};
use cover_spec::SHIPPED;
use cover_testkit::{Outcome, Result};
use tokio::task::yield_now;

use crate::common::{MIX, Service, any_mix, mix, mix_client, mix_json};

#[tokio::test(start_paused = true)]
async fn an_operation_read_at_run_time_is_sent_and_followed() -> Outcome {
    let service = Service::start().await?;
    let mixes = any_mix(&service.client()?)?;
    let task = mixes.send(&mixes.request(mix_json(1))?).key("order").await?.task().ok_or("an answer")?;
    assert!(task.was_posted());
    assert_eq!(task.handle().operation(), "sunoapi.org/mix");
    let done = task.wait().await?;
    assert!(done.is_done() && done.has_output(), "{done:?}");
    assert_eq!(done.status, "SUCCESS");
    assert_eq!(done.json()["data"]["taskId"], task.id());
    let tracks = done.values["tracks"].as_array().ok_or("no list")?;
    assert!(tracks.iter().all(|track| track["audioUrl"].is_string()), "{tracks:?}");
    assert_eq!(mixes.unfinished().all().await?.len(), 0);
    assert!(mixes.find("order").await?.is_some());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn its_requests_are_checked_like_those_of_generated_types() -> Outcome {
    let service = Service::start().await?;
    let mixes = any_mix(&service.client()?)?;
    for (json, broken) in [
        ("[]", "request"),
        ("{}", "uploadUrl"),
        (r#"{"uploadUrl": "nowhere", "callBackUrl": "https://a.example"}"#, "uploadUrl"),
        (r#"{"uploadUrl": "https://a.example", "callBackUrl": "https://a.example", "loudness": 2}"#, "loudness"),
        (r#"{"uploadUrl": "https://a.example", "callBackUrl": "https://a.example", "loud": 1}"#, "loud"),
    ] {
        let violations = mixes.request(json).expect_err(json);
        assert!(violations.iter().any(|violation| violation.field() == broken), "{json}: {violations}");
    }
    Ok(())
}

#[test]
fn a_value_that_the_spec_does_not_list_is_taken_if_the_caller_says_what_it_is_like() -> Outcome {
    let client = Client::<AnyService>::of_spec(&Spec::parse("upload_cover.toml", SHIPPED)?, "key").build()?;
    let json = r#"{"uploadUrl":"https://storage.example.com/song.mp3","customMode":false,"instrumental":false,"prompt":"Calm",
        "model":"V9","callBackUrl":"https://api.example.com/callback"}"#;
    for options in
        [FromJson::new(), FromJson::new().unlisted_in("vocalGender", "m"), FromJson::new().unlisted_in("model", "V8")]
    {
        assert!(client.request_with(json, &options).is_err(), "{options:?}");
    }
    let request = client.request_with(json, &FromJson::new().unlisted_in("model", "V5"))?;
    assert_eq!(serde_json::to_value(&request)?["model"], "V9");
    let long = json.replace("Calm", &"a".repeat(501));
    let violations =
        client.request_with(&long, &FromJson::new().unlisted_in("model", "V5")).expect_err("the rules of V5");
    assert_eq!(violations.iter().map(cover_api::Violation::field).collect::<Vec<_>>(), ["prompt"]);
    Ok(())
}

#[test]
fn debug_shows_what_an_unlisted_value_is_like() {
    const V9: Model = Model::unlisted("V9", Model::V5);
    assert_eq!(format!("{:?} {:?}", Model::V4_5, V9), r#"V4_5 Unlisted("V9", like V5)"#);
}

/// Requests of the shipped spec in each of its modes, with optional fields and without.
fn covers() -> Result<Vec<CoverRequest>> {
    let address = "https://storage.example.com/song.mp3?signature=1";
    let plain =
        CoverRequest::non_custom().upload_url(address).without_callback().model(Model::V5).prompt("Calm").build()?;
    let instrumental = CoverRequest::custom_instrumental().upload_url(address).call_back_url("https://a.example/c");
    let instrumental = instrumental.model(Model::V4_5).style("Jazz").title("Night").style_weight(0.65);
    let instrumental = instrumental.vocal_gender(VocalGender::Female).build()?;
    let vocal = CoverRequest::custom_vocal().upload_url(address).without_callback().model(Model::V4).prompt("La");
    let vocal = vocal.style("Jazz").title("Night").build()?;
    Ok(vec![plain.into(), instrumental.into(), vocal.into()])
}

/// The fingerprint decides. If it differed, the second send would be a conflict.
#[tokio::test(start_paused = true)]
async fn a_purchase_of_a_generated_type_is_the_same_purchase_at_run_time() -> Outcome {
    let service = Service::start().await?;
    let typed = service.client()?;
    let any = typed.account().operation_from_spec(&Spec::parse("upload_cover.toml", SHIPPED)?)?;
    for (number, request) in covers()?.into_iter().enumerate() {
        let key = number.to_string();
        let task = typed.send(&request).key(&*key).await?;
        let json = serde_json::to_string(&request)?;
        let again = any.send(&any.request(&json)?).key(&*key).await?.task().ok_or("an answer")?;
        assert_eq!((again.was_posted(), again.id()), (false, task.id()), "{json}");
        assert_eq!(serde_json::to_value(any.request(&json)?)?, serde_json::to_value(&request)?);
    }
    let (mixes, any) = (mix_client(&typed)?, any_mix(&typed)?);
    let task = any.send(&any.request(mix_json(1))?).await?.task().ok_or("an answer")?;
    assert!(mixes.send(&mix(1)?).await?.was_posted(), "without a key, a delivered purchase is over");
    assert!(task.was_posted());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_request_of_another_spec_of_the_operation_is_refused() -> Outcome {
    let service = Service::start().await?;
    let client = service.client()?;
    let spec = |text: &str| Spec::parse("mix.toml", text);
    let mixes = client.account().operation_from_spec(&spec(MIX)?)?;
    let changed = MIX.replacen("[submit]", "[submit]\nmethod = \"PUT\"", 1);
    let others = client.account().operation_from_spec(&spec(&changed)?)?;
    let request = mixes.request(mix_json(1))?;
    let error = others.send(&request).key("order").await.expect_err("it has other rules");
    assert!(error.is_setup() && !error.may_have_been_charged(), "{error:?}");
    assert!(error.to_string().contains("another spec of the operation `sunoapi.org/mix`"), "{error}");
    assert_eq!(service.mix.submits(), 0);
    let equal = client.account().operation_from_spec(&spec(MIX)?)?;
    assert!(equal.send(&request).key("order").await?.task().ok_or("an answer")?.was_posted());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn equal_specs_share_their_tables() -> Outcome {
    let spec = || Spec::parse("upload_cover.toml", SHIPPED);
    let requests = [(); 2].map(|()| {
        let client = Client::<AnyService>::of_spec(&spec()?, "key").build()?;
        Ok(client.request(serde_json::to_string(&covers()?[0])?)?)
    });
    let [one, other] = requests.map(|request: Result<_>| request.expect("a request"));
    assert_eq!(one, other);
    let elsewhere = SHIPPED.replacen("sunoapi.org/upload-cover", "a.example/cover", 1);
    let elsewhere = Client::<AnyService>::of_spec(&Spec::parse("a.toml", &elsewhere)?, "key").build()?;
    assert_ne!(elsewhere.request(serde_json::to_string(&one)?)?, one);
    Ok(())
}

/// Runs a future while other Tokio tasks take this many turns, and drops it. Returns its output if it was ready by then.
async fn dropped_after<T>(future: impl Future<Output = T>, turns: usize) -> Option<T> {
    let turns = async {
        for _ in 0..turns {
            yield_now().await;
        }
    };
    tokio::select! {
        biased;
        output = future => Some(output),
        () = turns => None,
    }
}

#[tokio::test(start_paused = true)]
async fn a_send_that_is_dropped_at_any_await_is_paid_once() -> Outcome {
    for turns in 0.. {
        let service = Service::start().await?;
        let mixes = any_mix(&service.client()?)?;
        let request = mixes.request(mix_json(1))?;
        let first = dropped_after(mixes.send(&request).key("order"), turns).await;
        let task = mixes.send(&request).key("order").await?.task().ok_or("an answer")?;
        assert!(task.wait().await?.is_done());
        assert_eq!((service.mix.tasks(), mixes.duplicates().await?), (1, vec![]), "after {turns} turns");
        if let Some(first) = first {
            assert_eq!(first?.task().map(|first| first.handle()), Some(task.handle()));
            assert!(turns > 4, "it was dropped after at most {turns} turns");
            return Ok(());
        }
    }
    Ok(())
}
