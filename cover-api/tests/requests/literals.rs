//! Literal requests, which are checked at compile time, equal those of the builder.

use cover_api::{CoverRequest, Custom, Instrumental, Model, NonCustom, Violations, VocalGender, cover, try_cover};

fn built() -> CoverRequest<Custom<Instrumental>> {
    CoverRequest::custom_instrumental()
        .upload_url("https://storage.example.com/song.mp3")
        .without_callback()
        .model(Model::V4_5)
        .style("Smooth jazz trio")
        .title("Night \"Drive\"\u{266a}")
        .vocal_gender(VocalGender::Female)
        .style_weight(0.65)
        .audio_weight(1.0)
        .weirdness_constraint(0.1)
        .build()
        .expect("valid")
}

#[test]
fn a_literal_request_is_not_a_result() {
    let request: CoverRequest<Custom<Instrumental>> = cover! {
        mode: Custom<Instrumental>,
        upload_url: "https://storage.example.com/song.mp3",
        call_back_url: _,
        model: V4_5,
        style: r"Smooth jazz trio",
        title: "Night \"Drive\"\u{266a}",
        vocal_gender: Female,
        style_weight: 0.65f32,
        audio_weight: 1,
        weirdness_constraint: 1e-1,
    };
    assert!(request == built());
}

#[test]
fn a_choice_may_have_its_type_in_front_and_entries_any_order() {
    let request = cover! {
        weirdness_constraint: 0.10, title: r#"Night "Drive"♪"#, style: "Smooth jazz trio", call_back_url: _,
        vocal_gender: VocalGender::Female, audio_weight: 1.00, style_weight: 0.650, model: cover_api::Model::V4_5,
        upload_url: "https://storage.example.com/song.mp3", mode: Custom<Instrumental>
    };
    assert!(request == built());
}

#[test]
fn lengths_are_counted_in_characters_after_escapes() {
    // 80 characters with V4: 40 of one scalar value each, and 20 of two.
    let _ = cover! {
        mode: Custom<Vocal>, upload_url: "https://a.example", call_back_url: _, model: V4, prompt: "x", style: "x",
        title: "\u{1F3B7}\u{1F3B7}\u{1F3B7}\u{1F3B7}\u{1F3B7}\u{1F3B7}\u{1F3B7}\u{1F3B7}\u{1F3B7}\u{1F3B7}\
                \u{1F3B7}\u{1F3B7}\u{1F3B7}\u{1F3B7}\u{1F3B7}\u{1F3B7}\u{1F3B7}\u{1F3B7}\u{1F3B7}\u{1F3B7}\
                ああああああああああああああああああああ\
                e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}\
                e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}",
    };
}

fn tried(model: Model, title: &str, weight: f64) -> Result<CoverRequest<Custom<cover_api::Vocal>>, Violations> {
    try_cover! {
        mode: Custom<Vocal>,
        upload_url: "https://storage.example.com/song.mp3",
        call_back_url: _,
        model: model,
        prompt: "La la la",
        style: "Smooth jazz trio",
        title: title,
        style_weight: f64::max(weight, 0.0),
    }
}

#[test]
fn values_known_only_at_run_time_are_checked_at_run_time() {
    assert!(tried(Model::V4, "Night Drive", 0.5).is_ok());
    let violations = tried(Model::V4, &"x".repeat(81), 0.555).expect_err("two limits");
    assert_eq!(
        violations.to_string(),
        "title: 81 characters, at most 80 with V4 in Custom<Vocal>\n\
         style_weight: 0.555, must be a multiple of 0.01 in Custom<Vocal>"
    );
    assert!(tried(Model::V5, &"x".repeat(81), 0.5).is_ok());
}

#[test]
fn a_literal_whose_limit_depends_on_a_later_model_is_checked_again() {
    let build = |model| {
        try_cover! {
            mode: Custom<Vocal>, upload_url: "https://a.example", call_back_url: _, model: model, prompt: "x", style: "x",
            title: "A title of 81 characters, which is one more than the model allows, as you may see",
        }
    };
    assert!(build(Model::V4).is_err());
    assert!(build(Model::V5).is_ok());
}

#[test]
fn an_address_that_passes_at_compile_time_is_parsed_again_at_run_time() {
    let result = try_cover! {
        mode: NonCustom, upload_url: "https://exa\u{ad}mple..\u{ff05}41", call_back_url: _, model: V4, prompt: "x"
    };
    assert_eq!(result.map(drop).unwrap_err().to_string(), "upload_url: not an http or https address");
}

mod inside {
    /// A request can be written in functions of other modules, and in lazy statics.
    pub static REQUEST: std::sync::LazyLock<super::CoverRequest<super::NonCustom>> = std::sync::LazyLock::new(|| {
        cover_api::cover! { mode: NonCustom, upload_url: "https://a.example", call_back_url: _, model: V4, prompt: "x" }
    });
}

#[test]
fn a_request_can_be_a_static() {
    assert!(serde_json::to_string(&*inside::REQUEST).is_ok_and(|json| json.contains("\"prompt\":\"x\"")));
}
