//! Parts of songs that are made anew, and mashups.

use serde_json::{Value as Json, json};

use crate::helper::{HOOK, NEW, OLD, SONG, and, operation, without};

fn part() -> Json {
    json!({
        "prompt": "La la", "tags": "Jazz", "title": "Night", "fullLyrics": "Oh\nLa la", "infillStartS": 60.5, "infillEndS": 80,
    })
}

fn of_a_task() -> Json {
    and(&part(), &json!({ "taskId": "t", "audioId": "a" }))
}

fn of_an_upload() -> Json {
    and(&part(), &json!({ "uploadUrl": SONG, "model": "V5" }))
}

#[test]
fn a_part_is_of_a_track_or_of_an_upload_with_a_model() {
    let replace = operation("replace_section");
    replace.takes(&of_a_task());
    replace.takes(&of_an_upload());
    let group = &["taskId, audioId, uploadUrl, model group"];
    replace.refuses(&part(), group);
    for (body, fields) in [(of_a_task(), ["taskId", "audioId"]), (of_an_upload(), ["uploadUrl", "model"])] {
        for field in fields {
            replace.refuses(&without(&body, field), group);
        }
    }
    for (body, other) in [(of_a_task(), json!({ "model": "V5" })), (of_an_upload(), json!({ "audioId": "a" }))] {
        replace.refuses(&and(&body, &other), group);
    }
    replace.refuses(&and(&of_a_task(), &of_an_upload()), group);
}

#[test]
fn a_part_needs_its_texts_and_its_place() {
    let replace = operation("replace_section");
    let always = ["prompt", "tags", "title", "fullLyrics", "infillStartS", "infillEndS"];
    replace.needs(&of_a_task(), &always);
    replace.needs(&of_an_upload(), &always);
    // A callback is optional here.
    let optional = json!({
        "callBackUrl": HOOK, "negativeTags": "metal", "lyrics": "La", "vocalGender": "f", "variety": 0, "personaId": "p",
    });
    replace.may_have(&of_a_task(), &optional);
    replace.may_have(&of_an_upload(), &optional);
    replace.has_weights(&of_a_task());
    replace.at_most(&of_a_task(), "lyrics", 5000);
    replace.has_models(&of_an_upload(), &OLD.into_iter().chain(NEW).collect::<Vec<_>>());
}

#[test]
fn a_part_is_at_least_ten_seconds_long() {
    let replace = operation("replace_section");
    let body = |start: f64, end: f64| and(&of_a_task(), &json!({ "infillStartS": start, "infillEndS": end }));
    replace.takes(&body(0.0, 10.0));
    replace.takes(&body(60.01, 70.01));
    // The earlier page had 60 seconds at most.
    replace.takes(&body(10.0, 71.0));
    let difference = &["infillEndS, infillStartS min_difference"];
    replace.refuses(&body(60.0, 69.99), difference);
    replace.refuses(&body(70.0, 60.0), difference);
    replace.refuses(&body(10.005, 30.0), &["infillStartS multiple_of"]);
    replace.refuses(&body(10.0, 30.005), &["infillEndS multiple_of"]);
    replace.refuses(&body(-1.0, 30.0), &["infillStartS min"]);
}

#[test]
fn a_voice_sings_a_part_with_some_models() {
    let replace = operation("replace_section");
    let all: Vec<&str> = OLD.into_iter().chain(NEW).collect();
    replace.has_voices(&of_an_upload(), &["V5", "V5_5", "V6", "V6_WILD", "V6_MINI"], &all);
    // The model of a track is not in the request.
    replace.may_have(&of_a_task(), &json!({ "personaModel": "voice_persona" }));
}

fn instrumental() -> Json {
    json!({
        "uploadUrlList": [SONG, SONG], "customMode": true, "instrumental": true, "model": "V5", "callBackUrl": HOOK,
        "style": "Jazz", "title": "Night",
    })
}

fn vocal() -> Json {
    and(&instrumental(), &json!({ "instrumental": false, "prompt": "La la" }))
}

fn simple() -> Json {
    json!({
        "uploadUrlList": [SONG, SONG], "customMode": false, "model": "V5", "callBackUrl": HOOK, "prompt": "A calm night",
    })
}

#[test]
fn a_mashup_needs_what_its_mode_needs() {
    let mashup = operation("mashup");
    mashup.needs(&instrumental(), &["uploadUrlList", "model", "callBackUrl", "style", "title"]);
    mashup.needs(&vocal(), &["uploadUrlList", "model", "callBackUrl", "style", "title", "prompt"]);
    mashup.needs(&simple(), &["uploadUrlList", "model", "callBackUrl", "prompt"]);
    mashup.takes_as("Custom<Vocal>", &without(&vocal(), "instrumental"));
    for instrumental in [true, false] {
        mashup.takes_as("NonCustom", &and(&simple(), &json!({ "instrumental": instrumental })));
    }
}

#[test]
fn a_simple_mashup_takes_nothing_of_custom_mode() {
    let mashup = operation("mashup");
    let custom = json!({ "vocalGender": "m", "styleWeight": 0.5, "weirdnessConstraint": 0.5, "audioWeight": 0.5 });
    mashup.may_have(&vocal(), &custom);
    mashup.may_have(&instrumental(), &custom);
    mashup.must_not_have(&simple(), &custom);
    mashup.must_not_have(&simple(), &json!({ "style": "Jazz", "title": "Night", "duration": 20 }));
    mashup.refuses(&and(&vocal(), &json!({ "negativeTags": "metal" })), &["negativeTags unknown"]);
}

#[test]
fn a_mashup_is_made_of_two_songs() {
    for (name, body) in [("mashup", simple()), ("mashup_v6", of_v6())] {
        let mashup = operation(name);
        let of = |songs: &[&str]| and(&body, &json!({ "uploadUrlList": songs }));
        mashup.takes(&of(&[SONG, SONG]));
        mashup.refuses(&of(&[SONG]), &["uploadUrlList min_items"]);
        mashup.refuses(&of(&[SONG, SONG, SONG]), &["uploadUrlList max_items"]);
        mashup.refuses(&of(&[SONG, "song.mp3"]), &["uploadUrlList url"]);
    }
}

#[test]
fn the_texts_and_the_length_of_a_mashup_are_limited() {
    let mashup = operation("mashup");
    mashup.has_models(&simple(), &OLD);
    for model in OLD {
        let of = |body: &Json| and(body, &json!({ "model": model }));
        let (prompt, style) = if model == "V4" { (3000, 200) } else { (5000, 1000) };
        mashup.at_most(&of(&vocal()), "prompt", prompt);
        mashup.at_most(&of(&vocal()), "style", style);
        mashup.at_most(&of(&vocal()), "title", 80);
        mashup.at_most(&of(&simple()), "prompt", 500);
    }
    mashup.has_weights(&vocal());
    mashup.has_duration(&vocal(), &["V5_5"], &OLD);
    mashup.refuses(&and(&vocal(), &json!({ "model": "V5_5", "duration": 30.5 })), &["duration type"]);
}

fn of_v6() -> Json {
    json!({ "uploadUrlList": [SONG, SONG], "model": "V6", "callBackUrl": HOOK })
}

#[test]
fn a_mashup_of_v6_has_no_modes() {
    let mashup = operation("mashup_v6");
    mashup.needs(&of_v6(), &["uploadUrlList", "model", "callBackUrl"]);
    mashup.may_have(
        &of_v6(),
        &json!({
            "prompt": "La", "style": "Jazz", "title": "Night", "vocalGender": "m", "personaId": "p", "variety": 4, "lyrics": "La",
        }),
    );
    for field in ["customMode", "negativeTags"] {
        mashup.refuses(&and(&of_v6(), &json!({ field: "x" })), &[&format!("{field} unknown")]);
    }
    let all: Vec<&str> = OLD.into_iter().chain(NEW).collect();
    mashup.has_models(&of_v6(), &all);
    mashup.has_weights(&of_v6());
    mashup.has_duration(&of_v6(), &["V5_5", "V6", "V6_WILD", "V6_MINI"], &all);
    mashup.has_voices(&of_v6(), &["V5", "V5_5", "V6", "V6_WILD", "V6_MINI"], &all);
    for model in all {
        let body = and(&of_v6(), &json!({ "model": model }));
        let (prompt, style) = if model == "V4" { (3000, 200) } else { (5000, 1000) };
        mashup.at_most(&body, "prompt", prompt);
        mashup.at_most(&body, "style", style);
        mashup.at_most(&body, "title", 80);
        mashup.at_most(&body, "lyrics", 5000);
    }
}
