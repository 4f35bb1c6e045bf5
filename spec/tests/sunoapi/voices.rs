//! Voices.

use serde_json::{Value as Json, json};

use crate::helper::{HOOK, SONG, and, operation};

#[test]
fn a_phrase_needs_a_recording_and_where_it_sings() {
    let validate = operation("voice_validate");
    let body = json!({ "voiceUrl": SONG, "vocalStartS": 10, "vocalEndS": 20 });
    validate.needs(&body, &["voiceUrl", "vocalStartS", "vocalEndS"]);
    validate.may_have(&body, &json!({ "language": "en", "callBackUrl": HOOK }));
    for language in ["en", "zh", "es", "fr", "pt", "de", "ja", "ko", "hi", "ru"] {
        validate.takes(&and(&body, &json!({ "language": language })));
    }
    validate.refuses(&and(&body, &json!({ "language": "it" })), &["language choice"]);
}

#[test]
fn singing_ends_after_it_begins() {
    let validate = operation("voice_validate");
    let body = |start: Json, end: Json| json!({ "voiceUrl": SONG, "vocalStartS": start, "vocalEndS": end });
    validate.takes(&body(json!(10), json!(11)));
    let difference = &["vocalEndS, vocalStartS min_difference"];
    validate.refuses(&body(json!(10), json!(10)), difference);
    validate.refuses(&body(json!(11), json!(10)), difference);
    validate.refuses(&body(json!(0.5), json!(10)), &["vocalStartS type"]);
}

#[test]
fn another_phrase_needs_a_callback_whose_name_is_misspelled() {
    let regenerate = operation("voice_regenerate");
    let body = json!({ "taskId": "t", "calBackUrl": HOOK });
    regenerate.needs(&body, &["taskId", "calBackUrl"]);
    regenerate.refuses(&and(&body, &json!({ "callBackUrl": HOOK })), &["callBackUrl unknown"]);
}

#[test]
fn a_voice_needs_a_recording_of_the_phrase() {
    let voice = operation("voice");
    let body = json!({ "taskId": "t", "verifyUrl": SONG });
    voice.needs(&body, &["taskId", "verifyUrl"]);
    voice.may_have(&body, &json!({ "voiceName": "Ada", "description": "Low", "style": "Jazz", "callBackUrl": HOOK }));
    for level in ["beginner", "intermediate", "advanced", "professional"] {
        voice.takes(&and(&body, &json!({ "singerSkillLevel": level })));
    }
    voice.refuses(&and(&body, &json!({ "singerSkillLevel": "expert" })), &["singerSkillLevel choice"]);
}

#[test]
fn a_check_needs_a_task_in_snake_case() {
    let check = operation("voice_check");
    check.needs(&json!({ "task_id": "t" }), &["task_id"]);
    check.refuses(&json!({ "task_id": "t", "taskId": "t" }), &["taskId unknown"]);
}
