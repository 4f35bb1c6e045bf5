//! Requests whose mode is known only at run time.

use cover_api::sandbox::Sandbox;
use cover_api::{AnyMode, Client, CoverRequest, CoverRequestByMode};
use serde_json::{Value, json};

use crate::instrumental;

fn custom() -> Value {
    json!({
        "uploadUrl": "https://storage.example.com/song.mp3",
        "customMode": true,
        "instrumental": true,
        "model": "V4_5",
        "style": "Smooth jazz trio",
        "title": "Night Drive",
        "vocalGender": "f",
        "styleWeight": 0.65,
        "callBackUrl": "https://api.example.com/callback",
    })
}

fn non_custom() -> Value {
    json!({
        "uploadUrl": "https://storage.example.com/song.mp3",
        "customMode": false,
        "model": "V5",
        "prompt": "A calm night drive",
        "callBackUrl": "https://api.example.com/callback",
    })
}

fn read(body: &Value) -> Result<CoverRequest<AnyMode>, Vec<String>> {
    CoverRequest::from_json(body.to_string()).map_err(|violations| violations.iter().map(ToString::to_string).collect())
}

/// Returns the body with some members replaced, or removed if they are null.
fn with(mut body: Value, members: &Value) -> Value {
    for (name, value) in members.as_object().cloned().unwrap_or_default() {
        let object = body.as_object_mut().expect("an object");
        if value.is_null() {
            object.remove(&name)
        } else {
            object.insert(name, value)
        };
    }
    body
}

fn faults(body: &Value) -> Vec<String> {
    read(body).expect_err("must be refused")
}

#[test]
fn a_request_read_from_json_equals_the_built_one() {
    let built = instrumental();
    let read = read(&custom()).expect("valid");
    assert!(read == CoverRequest::from(built.clone()));
    assert_eq!(serde_json::to_value(&read).expect("plain data"), custom());
    assert!(matches!(read.into_mode(), CoverRequestByMode::CustomInstrumental(typed) if typed == built));
}

#[test]
fn every_mode_is_recognised() {
    let vocal = with(custom(), &json!({ "instrumental": false, "prompt": "La la la" }));
    assert!(matches!(read(&vocal).map(CoverRequest::into_mode), Ok(CoverRequestByMode::CustomVocal(_))));
    for instrumental in [json!(true), json!(false), json!(null)] {
        let body = with(non_custom(), &json!({ "instrumental": instrumental }));
        let request = read(&body).expect("valid");
        let sent = serde_json::to_value(&request).expect("plain data");
        assert_eq!(sent["instrumental"], instrumental == true);
        assert!(matches!(request.into_mode(), CoverRequestByMode::NonCustom(_)));
    }
}

#[test]
fn all_violations_come_at_once_without_values() {
    let body = with(
        non_custom(),
        &json!({
            "uploadUrl": "s3cret", "model": "s3cret", "prompt": "s3cret".repeat(100), "style": "s3cret", "stlye": "s3cret",
            "callBackUrl": 7, "vocalGender": ["s3cret"], "styleWeight": 1.5,
        }),
    );
    let faults = faults(&body);
    assert_eq!(
        faults,
        [
            "stlye: no such field",
            "uploadUrl: not an http or https address",
            "model: must be one of V3_5, V4, V4_5, V4_5PLUS, V5",
            "prompt: 600 characters, at most 400 in NonCustom \
             (documented twice: 400 in the usage guide, but 500 in the text of the field)",
            "style: must be left out in NonCustom",
            "vocalGender: must be left out in NonCustom",
            "styleWeight: must be left out in NonCustom",
            "callBackUrl: must be an http or https address",
        ]
    );
    assert!(!faults.concat().contains("s3cret"));
}

#[test]
fn a_body_of_no_mode_is_compared_with_the_nearest() {
    assert_eq!(faults(&with(custom(), &json!({ "customMode": null }))), ["customMode: missing, required"]);
    assert_eq!(faults(&with(custom(), &json!({ "customMode": "yes" }))), ["customMode: must be true or false"]);
    assert_eq!(faults(&with(custom(), &json!({ "instrumental": 1 }))), ["instrumental: must be true or false"]);
}

/// The service's page requires `instrumental` in every request. The spec has a default for it only in the mode that was seen to
/// accept requests without it.
#[test]
fn a_default_of_one_mode_does_not_select_another() {
    let body = with(custom(), &json!({ "instrumental": null, "prompt": "La la la" }));
    assert_eq!(faults(&body), ["instrumental: missing, required"]);
}

#[test]
fn with_an_unknown_model_the_loosest_limit_applies() {
    let long = with(custom(), &json!({ "model": "V9", "title": "x".repeat(101), "style": "x".repeat(1000) }));
    assert_eq!(
        faults(&long),
        [
            "model: must be one of V3_5, V4, V4_5, V4_5PLUS, V5",
            "title: 101 characters, at most 100 in Custom<Instrumental>"
        ]
    );
}

#[test]
fn null_is_not_a_missing_value() {
    let mut body = custom();
    body["prompt"] = Value::Null;
    assert_eq!(faults(&body), ["prompt: must be a text"]);
}

#[test]
fn a_repeated_field_is_a_violation() {
    let doubled = custom().to_string().replacen('{', r#"{"title":"Another title","#, 1);
    let violations = CoverRequest::from_json(doubled).expect_err("doubled");
    assert_eq!(violations.to_string(), "title: given twice");
}

#[test]
fn a_body_must_be_a_json_object() {
    assert!(CoverRequest::from_json(custom().to_string()).is_ok());
    for text in ["", "null", "[]", "\"x\"", "{", "{\"a\":1", "\u{0}", &"[".repeat(100_000)] {
        let violations = CoverRequest::from_json(text).expect_err("no object");
        assert_eq!(violations.to_string(), "request: not a JSON object", "{text:.20}");
    }
}

#[tokio::test]
async fn a_request_of_any_mode_can_be_sent() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::builder().stage_each_poll().start().await?;
    let client = Client::builder(sandbox.key()).base_url(sandbox.url()).build()?;
    client.send(&CoverRequest::from_json(custom().to_string())?).await?;
    assert_eq!(sandbox.tasks(), 1);
    Ok(())
}

#[test]
fn a_number_in_a_body_must_be_in_the_range_of_64_bit_floating_point() {
    let with = |weight: &str| custom().to_string().replace("0.65", weight);
    assert!(CoverRequest::from_json(with("1e-300")).is_err_and(|violations| violations.to_string().contains("0.01")));
    assert!(CoverRequest::from_json(with("1.0")).is_ok());
    let refused = CoverRequest::from_json(with("1e400")).map_err(|violations| violations.to_string());
    assert_eq!(refused.err().as_deref(), Some("request: not a JSON object"));
}
