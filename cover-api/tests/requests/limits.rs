//! Limits of values, each at its edge: they count characters, and all violations come at once.

use cover_api::{CoverRequest, Figure, Model, Rule, Violations};

const SONG: &str = "https://storage.example.com/song.mp3";

/// A character of three bytes and one UTF-16 unit.
fn text(length: usize) -> String {
    "あ".repeat(length)
}

fn vocal(model: Model, prompt: usize, style: usize, title: usize) -> Result<(), Violations> {
    let builder = CoverRequest::custom_vocal().upload_url(SONG).without_callback().model(model);
    builder.prompt(text(prompt)).style(text(style)).title(text(title)).build().map(drop)
}

fn instrumental(model: Model, prompt: usize, style: usize, title: usize) -> Result<(), Violations> {
    let builder = CoverRequest::custom_instrumental().upload_url(SONG).without_callback().model(model);
    builder.prompt(text(prompt)).style(text(style)).title(text(title)).build().map(drop)
}

fn non_custom(model: Model, prompt: usize) -> Result<(), Violations> {
    CoverRequest::non_custom().upload_url(SONG).without_callback().model(model).prompt(text(prompt)).build().map(drop)
}

/// Returns the only violation.
fn fault(result: Result<(), Violations>) -> String {
    result.expect_err("must be refused").to_string()
}

/// Each model, with the most characters of prompt, style and title.
const LIMITS: [(Model, usize, usize, usize); 5] = [
    (Model::V3_5, 3000, 200, 80),
    (Model::V4, 3000, 200, 80),
    (Model::V4_5, 5000, 1000, 100),
    (Model::V4_5PLUS, 5000, 1000, 100),
    (Model::V5, 5000, 1000, 100),
];

#[test]
fn every_model_is_in_the_table() {
    assert_eq!(LIMITS.map(|(model, ..)| model), Model::ALL);
}

#[test]
fn in_custom_modes_the_limit_of_each_text_depends_on_the_model() {
    for (model, prompt, style, title) in LIMITS {
        for (mode, build) in [
            ("Custom<Vocal>", vocal as fn(_, _, _, _) -> _),
            ("Custom<Instrumental>", instrumental as fn(_, _, _, _) -> _),
        ] {
            assert_eq!(build(model, prompt, style, title), Ok(()));
            let line = |field: &str, most: usize| {
                format!("{field}: {} characters, at most {most} with {model} in {mode}", most + 1)
            };
            assert_eq!(fault(build(model, prompt + 1, style, title)), line("prompt", prompt));
            assert_eq!(fault(build(model, prompt, style + 1, title)), line("style", style));
            assert_eq!(fault(build(model, prompt, style, title + 1)), line("title", title));
        }
    }
}

#[test]
fn in_non_custom_mode_the_stricter_of_two_documented_limits_applies_and_both_are_named() {
    for model in Model::ALL {
        assert_eq!(non_custom(*model, 400), Ok(()));
        assert_eq!(
            fault(non_custom(*model, 401)),
            "prompt: 401 characters, at most 400 in NonCustom \
             (documented twice: 400 in the usage guide, but 500 in the text of the field)"
        );
    }
}

#[test]
fn an_empty_text_counts_as_missing() {
    assert_eq!(fault(vocal(Model::V5, 0, 1, 1)), "prompt: must not be empty in Custom<Vocal>");
    assert_eq!(fault(instrumental(Model::V5, 0, 1, 1)), "prompt: must not be empty in Custom<Instrumental>");
    assert_eq!(fault(non_custom(Model::V5, 0)), "prompt: must not be empty in NonCustom");
    let tags = CoverRequest::custom_vocal().upload_url(SONG).without_callback().model(Model::V5);
    let tags = tags.prompt("a").style("b").title("c").negative_tags("").build().map(drop);
    assert_eq!(fault(tags), "negative_tags: must not be empty in Custom<Vocal>");
}

fn weight(weight: f64) -> Result<(), Violations> {
    let builder = CoverRequest::custom_instrumental().upload_url(SONG).without_callback().model(Model::V5);
    builder.style("a").title("b").audio_weight(weight).build().map(drop)
}

#[test]
fn weights_are_hundredths_from_0_to_1() {
    for hundredths in 0..=100 {
        assert_eq!(weight(f64::from(hundredths) / 100.0), Ok(()), "{hundredths}");
    }
    assert_eq!(fault(weight(0.655)), "audio_weight: 0.655, must be a multiple of 0.01 in Custom<Instrumental>");
    assert_eq!(fault(weight(1.01)), "audio_weight: 1.01, at most 1 in Custom<Instrumental>");
    assert_eq!(fault(weight(-0.01)), "audio_weight: -0.01, at least 0 in Custom<Instrumental>");
    for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(fault(weight(odd)), "audio_weight: must be a number");
    }
}

#[test]
fn addresses_are_http_or_https_with_a_host() {
    let build = |address: &str| {
        let builder = CoverRequest::non_custom().upload_url(address).call_back_url(address);
        builder.model(Model::V4).prompt("An idea").build().map(drop)
    };
    for good in ["https://storage.example.com/song.mp3", "http://127.0.0.1:8080", "https://münchen.example/ü?a=b#c"] {
        assert_eq!(build(good), Ok(()), "{good}");
    }
    for bad in ["", "song.mp3", "ftp://a.example/x", "https://", "https://a.example:99999", "https://a b", "file:///x"]
    {
        let violations = build(bad).expect_err(bad);
        let faults: Vec<String> = violations.iter().map(ToString::to_string).collect();
        assert_eq!(
            faults,
            ["upload_url: not an http or https address", "call_back_url: not an http or https address"],
            "{bad}"
        );
    }
}

#[test]
fn all_violations_come_at_once_in_the_order_of_the_fields() {
    let violations = CoverRequest::custom_vocal()
        .upload_url("song.mp3")
        .without_callback()
        .model(Model::V4)
        .prompt(text(3001))
        .style(text(201))
        .title(text(81))
        .style_weight(2.005)
        .build()
        .expect_err("must be refused");
    assert_eq!(
        violations.to_string().lines().collect::<Vec<_>>(),
        [
            "upload_url: not an http or https address",
            "prompt: 3001 characters, at most 3000 with V4 in Custom<Vocal>",
            "style: 201 characters, at most 200 with V4 in Custom<Vocal>",
            "title: 81 characters, at most 80 with V4 in Custom<Vocal>",
            "style_weight: 2.005, at most 1 in Custom<Vocal>",
            "style_weight: 2.005, must be a multiple of 0.01 in Custom<Vocal>",
        ]
    );
}

#[test]
fn a_violation_has_its_parts_but_not_the_value() {
    let violations = vocal(Model::V4, 1, 1, 81).expect_err("must be refused");
    let violation = violations.iter().next().expect("never empty");
    assert_eq!(violation.field(), "title");
    assert_eq!(violation.rule(), Rule::MaxLength);
    assert_eq!(violation.limit().map(|limit| limit.to_string()).as_deref(), Some("80 characters"));
    assert!(matches!(violation.actual(), Some(Figure::Length(81, _))));
    assert_eq!([violation.mode(), violation.model()], [Some("Custom<Vocal>"), Some("V4")]);
    assert!(!format!("{violations:?} {violations}").contains('あ'));
}

#[test]
fn violations_serialise_with_the_field_names_of_the_service() {
    let violations = CoverRequest::non_custom().upload_url("x").without_callback().model(Model::V4).prompt(text(401));
    let violations = violations.build().expect_err("must be refused");
    let json = serde_json::to_value(&violations).expect("plain data");
    assert_eq!(json[0]["field"], "uploadUrl");
    assert_eq!(json[0]["rule"], "url");
    assert_eq!(json[1]["limit"], 400);
    assert_eq!(json[1]["actual"], 401);
    assert_eq!(json[1]["mode"], "NonCustom");
}
