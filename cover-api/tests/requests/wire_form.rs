//! The JSON that is sent: fields that were not set are absent, and the mode sets its own fields.

use cover_api::{CoverRequest, Model};
use serde_json::{Value, json};

use crate::instrumental;

fn sent(request: &impl cover_api::runtime::Request) -> Value {
    serde_json::to_value(request).expect("plain data")
}

#[test]
fn a_custom_instrumental_request_sends_what_was_given_and_its_mode() {
    let request = instrumental();
    assert_eq!(
        sent(&request),
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
    );
}

#[test]
fn in_non_custom_mode_instrumental_is_false_unless_given() {
    let base = CoverRequest::non_custom().upload_url("https://a.example").model(Model::V5).prompt("An idea");
    let base = base.without_callback();
    let silent = sent(&base.clone().build().expect("valid"));
    assert_eq!([&silent["customMode"], &silent["instrumental"]], [false, false]);
    assert_eq!(sent(&base.instrumental(true).build().expect("valid"))["instrumental"], true);
}

#[test]
fn a_request_without_callback_sends_an_address_that_never_resolves() {
    let request = CoverRequest::non_custom().upload_url("https://a.example").model(Model::V5).prompt("An idea");
    let request = request.without_callback().build().expect("valid");
    assert_eq!(sent(&request)["callBackUrl"], "https://callback.invalid/");
}

#[test]
fn weights_print_as_two_decimals_at_most() {
    for hundredths in 0..=100 {
        let request = CoverRequest::custom_instrumental().upload_url("https://a.example").without_callback();
        let request = request.model(Model::V5).style("a").title("b").style_weight(f64::from(hundredths) / 100.0);
        let text = serde_json::to_string(&request.build().expect("valid")).expect("plain data");
        let weight = text.split("\"styleWeight\":").nth(1).and_then(|rest| rest.split(',').next()).expect("there");
        assert!(weight.len() <= 4, "{weight}");
    }
}

#[test]
fn debug_shows_no_query() {
    let request = CoverRequest::non_custom().upload_url("https://a.example/x?signature=s3cret").model(Model::V5);
    let request = request.prompt("An idea").call_back_url("https://me:s3cret@b.example/").build().expect("valid");
    let shown = format!("{request:?}");
    assert!(!shown.contains("s3cret"), "{shown}");
    assert!(shown.contains("https://a.example/x?…"), "{shown}");
}
