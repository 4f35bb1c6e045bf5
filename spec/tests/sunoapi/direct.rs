//! Operations that answer at once.

use cover_spec::answers::results;
use serde_json::{Value, json};

use crate::helper::{and, operation, spec, without};

#[test]
fn a_persona_needs_a_track_a_name_and_a_description() {
    let persona = operation("persona");
    let body = json!({ "taskId": "t", "audioId": "a", "name": "Ada", "description": "Low" });
    persona.needs(&body, &["taskId", "audioId", "name", "description"]);
    persona.may_have(&body, &json!({ "style": "Jazz" }));
    // kie has these names with a space before them.
    persona.refuses(&and(&body, &json!({ " vocalStart": 0 })), &[" vocalStart unknown"]);
}

#[test]
fn a_persona_is_made_of_10_to_30_seconds() {
    let persona = operation("persona");
    let body = json!({ "taskId": "t", "audioId": "a", "name": "Ada", "description": "Low" });
    let of = |start: f64, end: f64| and(&body, &json!({ "vocalStart": start, "vocalEnd": end }));
    for (start, end) in [(0.0, 10.0), (0.0, 30.0), (60.25, 90.25), (60.25, 70.25)] {
        persona.takes(&of(start, end));
    }
    persona.refuses(&of(0.0, 9.99), &["vocalEnd, vocalStart min_difference"]);
    persona.refuses(&of(0.0, 30.01), &["vocalEnd, vocalStart max_difference"]);
    persona.refuses(&of(-1.0, 20.0), &["vocalStart min"]);
    persona.refuses(&of(0.005, 20.0), &["vocalStart multiple_of"]);
    // Left out, they are 0 and 30.
    persona.takes(&without(&of(20.0, 30.0), "vocalEnd"));
    persona.refuses(&without(&of(20.01, 30.0), "vocalEnd"), &["vocalEnd, vocalStart min_difference"]);
    persona.takes(&without(&of(0.0, 30.0), "vocalStart"));
    persona.refuses(&without(&of(0.0, 31.0), "vocalStart"), &["vocalEnd, vocalStart max_difference"]);
}

#[test]
fn lyrics_with_times_need_a_track() {
    operation("timestamped_lyrics").needs(&json!({ "taskId": "t", "audioId": "a" }), &["taskId", "audioId"]);
}

#[test]
fn lyrics_with_times_are_complete_without_words() {
    let api = spec("timestamped_lyrics").api();
    let lacking = |data: Value| {
        let body = json!({ "code": 200, "msg": "success", "data": data });
        results(&api, &body).lacking.map(|lacking| lacking.to_string())
    };
    let word = json!({ "word": "La\n", "success": true, "startS": 1.5, "endS": 2, "palign": 0 });
    assert_eq!(lacking(json!({ "alignedWords": [word] })), None);
    assert_eq!(
        lacking(json!({ "alignedWords": [], "waveformData": [0, 0.5], "hootCer": 0.3, "isStreamed": false })),
        None
    );
    assert_eq!(lacking(json!({ "alignedWords": [], "hootCer": 1 })), None);
    assert_eq!(lacking(json!({ "alignedWords": [] })).as_deref(), Some("`data` has only empty members"));
}

#[test]
fn a_style_needs_a_text_without_a_limit() {
    let style = operation("style");
    style.needs(&json!({ "content": "Jazz" }), &["content"]);
    style.takes(&json!({ "content": "x".repeat(100_000) }));
    style.refuses(&json!({ "content": "" }), &["content min_length"]);
}

#[test]
fn a_question_about_credits_has_no_fields() {
    let credit = operation("credit");
    credit.takes(&json!({}));
    credit.refuses(&json!({ "taskId": "t" }), &["taskId unknown"]);
}
