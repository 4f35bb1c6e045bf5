//! Rules of `[request]`.

use cover_spec::rules::{Placed, Value, looks_like_web_address};

use crate::helper::{MODELS, choice, faults, field, no_faults, request};

#[test]
fn a_body_must_not_have_a_field_that_the_spec_does_not_have() {
    let request = request(&[&field("title", "string", "")]);
    request.accepts(&["{}", r#"{"title": "a"}"#]);
    request.refuses(r#"{"title": "a", "name": "b"}"#, "name: no such field");
}

#[test]
fn a_body_must_not_have_a_field_twice() {
    let request = request(&[&field("title", "string", "")]);
    let mut placed = Placed::none(&request.0);
    placed.put("title", Value::text("a"));
    placed.put("title", Value::text("a"));
    let violations = placed.check(looks_like_web_address).expect_err("it is given twice");
    assert_eq!(violations.to_string(), "title: given twice");
}

#[test]
fn the_model_field_must_be_a_single_choice_of_texts() {
    no_faults(&[MODELS]);
    let request = "request = { name = \"ExampleRequest\", doc = \"A request.\", model = \"model\" }";
    let numbers = "of = \"integer\", name = \"Model\", values = { 1 = { name = \"One\", doc = \"One.\" } }";
    for model in [
        field("model", "string", ""),
        choice("model", &["mini", "grand"], "list = true"),
        field("model", "choice", numbers),
    ] {
        assert_eq!(faults(&[request, &model]), ["`model` cannot select the model"], "{model}");
    }
}

#[test]
fn the_model_field_has_at_most_64_values() {
    let models = |count: u32| {
        let values: Vec<String> = (0..count).map(|number| format!("m{number}")).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let request = "request = { name = \"ExampleRequest\", doc = \"A request.\", model = \"model\" }";
        faults(&[request, &choice("model", &values, "")])
    };
    assert_eq!(models(64), [""; 0]);
    assert_eq!(models(65), ["there are 65 models, and at most 64 are allowed"]);
}
