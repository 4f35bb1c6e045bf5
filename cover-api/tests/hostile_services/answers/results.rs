//! Results that services write in odd ways. What was paid for is read, and what is not a result is an error that says where it is.

use std::time::Duration;

use axum::http::Method;
use cover_api::runtime::{AnyService, Client as AnyClient, Error, Spec};
use cover_testkit::{Outcome, Result};
use serde_json::{Value, json};

use super::service::{Reply, Service, connected, handle};

mod things {
    cover_api::api!("tests/specs/things.toml", in crate::answers::results::things);
}

const THINGS: &str = include_str!("../../specs/things.toml");
const STYLE: &str = include_str!("../../specs/style.toml");

/// Returns a client of a spec that is read at run time, and a service on a loopback port.
async fn any(text: &str, key: &str) -> Result<(Service, AnyClient<AnyService>)> {
    let (service, spec) = (Service::default(), Spec::parse("spec.toml", text)?);
    let builder = AnyClient::<AnyService>::of_spec(&spec, key).base_url(service.serve().await?);
    Ok((service, builder.rate_limit(64, Duration::ZERO).build()?))
}

/// Sends a request to an operation that answers at once, and returns its results by their names.
async fn results(client: &AnyClient<AnyService>, json: &str) -> std::result::Result<Value, Error<AnyService>> {
    let sent = client.send(&client.request(json).expect("it is valid")).await?;
    let answer = sent.answer().expect("it answers at once");
    Ok(serde_json::to_value(&answer).expect("it is JSON"))
}

#[tokio::test]
async fn a_paid_answer_is_read_whatever_is_in_a_member_that_nobody_reads() -> Outcome {
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    for (number, odd) in [r#""\ud83d""#, r#""\udc00\u0041""#, r#"{"\ud83d":1}"#, &deep].into_iter().enumerate() {
        let (service, client) = any(STYLE, "key").await?;
        let body = format!(r#"{{"x":{odd},"code":200,"data":{{"y":{odd},"result":"dark jazz"}}}}"#);
        service.with(|inner| inner.post = Reply::plain(body));
        assert_eq!(results(&client, r#"{"content":"rain"}"#).await?, json!({ "style": "dark jazz" }), "{number}");

        let (service, client) = connected().await?;
        let track = r#"{"audioUrl":"https://a.example/1.mp3","title":"Night"}"#;
        let data = format!(r#"{{"status":"SUCCESS","x":{odd},"response":{{"sunoData":[{track}]}}}}"#);
        service.with(|inner| inner.get = Reply::plain(format!(r#"{{"code":200,"data":{data}}}"#)));
        assert!(client.resume(handle("t1")).poll().await?.has_output(), "{number}");
    }
    Ok(())
}

#[tokio::test]
async fn a_task_is_done_when_its_output_has_an_address_wherever_that_is() -> Outcome {
    let (service, client) = connected().await?;
    let answer = |first: Value, second: Value| {
        let data = json!({ "status": "SUCCESS", "response": { "sunoData": first }, "data": second });
        Reply::plain(json!({ "code": 200, "data": data }).to_string())
    };
    let track = |address: &str| json!([{ "id": "a", "audioUrl": address }]);
    for (address, found) in [("pending", "`pending`"), ("/f/1.mp3?key=s3cret", "`/f/1.mp3`")] {
        service.with(|inner| inner.get = answer(track(address), json!(null)));
        let task = client.resume(handle(found));
        let error = task.wait().timeout(Duration::from_millis(20)).await.expect_err(address);
        let place = "`data.response.sunoData[0].audioUrl`";
        assert!(error.is_output_missing() && error.to_string().contains(place), "{error}");
        assert!(error.to_string().contains(&format!("{found} instead of an http or https address")), "{error}");
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
        assert_eq!(error.last_snapshot().map(|last| last.tracks[0].audio_url.clone()), Some(None));
    }
    for first in [json!("see data"), track(""), track("pending"), json!([7])] {
        service.with(|inner| inner.get = answer(first.clone(), track("https://a.example/1.mp3")));
        let done = client.resume(handle(&first.to_string())).poll().await?;
        assert!(done.has_output() && done.tracks[0].audio_url.is_some(), "{first}: {done:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_track_whose_address_has_spaces_is_not_lost() -> Outcome {
    let (service, client) = connected().await?;
    let track = |name: &str| json!({ "id": name, "audioUrl": format!("https://a.example/{name}.mp3") });
    for (tracks, links) in [
        (json!([track("Night Drive")]), "https://a.example/Night%20Drive.mp3"),
        (json!([track("a"), track("b c")]), "https://a.example/a.mp3 https://a.example/b%20c.mp3"),
    ] {
        let data = json!({ "status": "SUCCESS", "response": { "sunoData": tracks } });
        service.with(|inner| inner.get = Reply::plain(json!({ "code": 200, "data": data }).to_string()));
        let done = client.resume(handle(links)).wait().timeout(Duration::from_secs(5)).await?;
        let found: Vec<_> = done.tracks.iter().filter_map(|track| Some(track.audio_url.as_ref()?.as_str())).collect();
        assert_eq!(found.join(" "), links);
    }
    Ok(())
}

#[tokio::test]
async fn a_list_or_a_text_may_be_the_whole_answer() -> Outcome {
    const HEAD: &str = "base = \"cover-spec/upload_cover.toml\"\n\
        without = [\"envelope\", \"poll\", \"statuses\", \"results\", \"callback\", \"credits\", \"upload\"]\n\
        service = { name = \"Words\", id = \"words.example\" }\n\
        request = { name = \"WordsRequest\", doc = \"A request.\" }\n\
        fields.about = { type = \"string\", in = \"query\", doc = \"About.\", required = \"always\" }\n";
    for method in ["GET", "POST"] {
        for (keys, answer, read) in [
            ("type = \"string\", list = true", json!(["a", null, "b"]), json!(["a", "b"])),
            ("type = \"string\"", json!("dark jazz"), json!("dark jazz")),
            ("type = \"number\"", json!("1.5"), json!(1.5)),
        ] {
            let spec = format!(
                "{HEAD}submit = {{ method = \"{method}\", path = \"/words\" }}\n\
                 results.words = {{ doc = \"The words.\", at = \"\", {keys} }}\n"
            );
            let (service, client) = any(&spec, "key").await?;
            let reply = Reply::plain(answer.to_string());
            service.with(|inner| (inner.get, inner.post) = (reply.clone(), reply));
            assert_eq!(results(&client, r#"{"about":"rain"}"#).await?, json!({ "words": read }), "{method} {keys}");
            service.with(|inner| (inner.get, inner.post) = (Reply::plain("{}"), Reply::plain("{}")));
            let error = results(&client, r#"{"about":"snow"}"#).await.expect_err(keys);
            assert!(error.is_output_missing() && error.to_string().contains("the answer itself"), "{error}");
        }
    }
    Ok(())
}

/// Returns JSON without what is null or empty.
fn without_nothing(value: Value) -> Value {
    let is_there = |value: &Value| !value.is_null() && *value != json!([]) && *value != json!({});
    match value {
        Value::Array(items) => items.into_iter().map(without_nothing).collect(),
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .filter(|(_, value)| is_there(value))
                .map(|(name, value)| (name, without_nothing(value)))
                .collect(),
        ),
        other => other,
    }
}

#[tokio::test]
async fn results_that_are_read_at_run_time_are_those_of_generated_types() -> Outcome {
    let (service, any) = any(THINGS, "key").await?;
    let typed = any.account().operation::<things::Things>()?;
    let request = things::ThingsRequest::builder().about("rain").build()?;
    let url = "https://a.example/1.mp3?key=1";
    for data in [
        json!({ "items": [{ "url": url, "n": "7", "at": 1, "good": true, "tags": ["x", "", null, "y"], "raw": [] }] }),
        json!({ "items": [{ "URL": url, "n": 7.0, "at": "", "good": 1, "tags": "x", "raw": [null, ""], "more": 1 }] }),
        json!({ "items": { "url": url, "URL": "other" }, "words": [["a"], [], ["b", null], [null]], "score": "1.5" }),
        json!({ "items": [null, {}, { "url": "" }, { "url": url }], "extra": [1, "", [], {}, null, { "a": "" }] }),
        json!({ "items": "see more", "more": [{ "url": url, "tags": ["a", 7], "n": 99_999_999_999_999_999_999_f64 }] }),
        json!({ "items": [{ "url": url }], "score": 7, "cover": "none", "words": "" }),
    ] {
        service.with(|inner| inner.get = Reply::plain(json!({ "code": 200, "data": data }).to_string()));
        let answer = typed.send(&request).await?;
        let read = results(&any, r#"{"about":"rain"}"#).await?;
        assert_eq!(without_nothing(serde_json::to_value(&answer)?), read, "{data}");
        assert!(answer.items.iter().all(|item| item.tags.iter().all(|tag| !tag.is_empty())), "{answer:?}");
        assert!(read["items"][0]["url"] == url && answer.words.iter().all(|words| !words.is_empty()), "{data}: {read}");
    }
    for (data, why) in [
        (json!({ "words": "hello" }), "`data.words` is a text instead of a list"),
        (json!({ "score": { "a": 1 } }), "`data.score` is an object instead of a number"),
        (json!({ "cover": 7 }), "`data.cover` is a number instead of an address"),
    ] {
        let mut data = data;
        data["items"] = json!([{ "url": url }]);
        service.with(|inner| inner.get = Reply::plain(json!({ "code": 200, "data": data }).to_string()));
        let error = typed.send(&request).await.expect_err(why);
        assert!(error.is_output_missing() && error.to_string().contains(why), "{error}");
        let error = results(&any, r#"{"about":"rain"}"#).await.expect_err(why);
        assert!(error.is_output_missing() && error.to_string().contains(why), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn both_halves_of_a_key_for_basic_authentication_are_secrets() -> Outcome {
    let spec = format!("{STYLE}\n[service.auth]\nbasic = \"{{key}}\"\n");
    let (service, client) = any(&spec, "robot-9:hunt3r!").await?;
    for said in ["bad password hunt3r!", "no user robot-9", "robot-9:hunt3r!"] {
        service.with(|inner| inner.post = Reply::plain(json!({ "code": 401, "msg": said }).to_string()));
        let error = results(&client, r#"{"content":"rain"}"#).await.expect_err(said);
        let shown = format!("{error} {error:?}");
        assert!(error.is_unauthorized() && !shown.contains("hunt3r!") && !shown.contains("robot-9"), "{shown}");
    }
    assert_eq!(service.asked(&Method::POST).len(), 3);
    Ok(())
}
