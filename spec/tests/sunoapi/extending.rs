//! Continuations of tracks, and parts that are added to them.

use serde_json::{Value as Json, json};

use crate::helper::{HOOK, NEW, OLD, SONG, and, operation, without};

/// The source of a continuation: a track of the service, or an uploaded one.
fn sources() -> [(&'static str, Json); 2] {
    [("extend", json!({ "audioId": "a" })), ("upload_extend", json!({ "uploadUrl": SONG }))]
}

fn own(source: &Json) -> Json {
    let own = json!({
        "defaultParamFlag": true, "model": "V5", "callBackUrl": HOOK, "continueAt": 60, "style": "Jazz", "title": "Night",
        "prompt": "La la",
    });
    and(&own, source)
}

fn instrumental(source: &Json) -> Json {
    without(&and(&own(source), &json!({ "instrumental": true })), "prompt")
}

/// A continuation with the parameters of its source.
fn inherited(name: &str, source: &Json) -> Json {
    let body = and(&json!({ "defaultParamFlag": false, "model": "V5", "callBackUrl": HOOK }), source);
    if name == "extend" { body } else { and(&body, &json!({ "prompt": "La la" })) }
}

#[test]
fn a_continuation_with_own_parameters_needs_them() {
    for (name, source) in sources() {
        let extend = operation(name);
        let id = if name == "extend" { "audioId" } else { "uploadUrl" };
        let always = [id, "model", "callBackUrl", "continueAt", "style", "title"];
        extend.needs(&own(&source), &always);
        extend.needs(&own(&source), &["prompt"]);
        extend.needs(&instrumental(&source), &always);
        extend.takes_as("Own<Vocal>", &and(&own(&source), &json!({ "instrumental": false })));
        extend.takes_as("Own<Instrumental>", &instrumental(&source));
        // It sings unless it is instrumental.
        extend.takes_as("Own<Vocal>", &own(&source));
    }
}

#[test]
fn an_instrumental_continuation_of_a_track_has_neither_prompt_nor_singer() {
    let [(extend, source), (upload, uploaded)] = sources();
    let singing = json!({ "prompt": "La la", "vocalGender": "m" });
    operation(extend).must_not_have(&instrumental(&source), &singing);
    operation(extend).may_have(&own(&source), &json!({ "vocalGender": "m" }));
    operation(upload).may_have(&instrumental(&uploaded), &singing);
}

#[test]
fn a_continuation_with_the_parameters_of_its_source_takes_no_others() {
    for (name, source) in sources() {
        let extend = operation(name);
        let body = inherited(name, &source);
        extend.takes_as("Source", &body);
        extend.needs(&body, &["model", "callBackUrl"]);
        extend.may_have(&body, &json!({ "instrumental": true }));
        let others = json!({
            "negativeTags": "metal", "vocalGender": "f", "styleWeight": 0.5, "weirdnessConstraint": 0.5, "audioWeight": 0.5,
            "personaId": "p", "personaModel": "style_persona",
        });
        extend.may_have(&own(&source), &others);
        extend.must_not_have(&body, &others);
        extend.must_not_have(&body, &json!({ "style": "Jazz", "title": "Night" }));
    }
    let [(extend, source), (upload, uploaded)] = sources();
    operation(extend).must_not_have(&inherited(extend, &source), &json!({ "prompt": "La", "continueAt": 60 }));
    // One page requires the prompt, and all of them leave the place to the user.
    operation(upload).needs(&inherited(upload, &uploaded), &["prompt"]);
    operation(upload).may_have(&inherited(upload, &uploaded), &json!({ "continueAt": 60 }));
}

#[test]
fn a_continuation_begins_after_the_start() {
    for (name, source) in sources() {
        let extend = operation(name);
        extend.takes(&and(&own(&source), &json!({ "continueAt": 0.01 })));
        extend.refuses(&and(&own(&source), &json!({ "continueAt": 0 })), &["continueAt exclusive_min"]);
    }
}

#[test]
fn the_texts_of_a_continuation_are_limited_by_the_model() {
    for (name, source) in sources() {
        let extend = operation(name);
        extend.has_models(&own(&source), &OLD);
        for model in OLD {
            let body = and(&own(&source), &json!({ "model": model }));
            let (prompt, style, title) = match model {
                "V4" => (3000, 200, 80),
                "V4_5ALL" => (5000, 1000, 80),
                _ => (5000, 1000, 100),
            };
            extend.at_most(&body, "prompt", prompt);
            extend.at_most(&body, "style", style);
            extend.at_most(&body, "title", title);
        }
        extend.has_weights(&own(&source));
        extend.has_voices(&own(&source), &["V5", "V5_5"], &OLD);
    }
}

#[test]
fn an_uploaded_track_has_at_most_eight_minutes_or_one() {
    let [_, (name, source)] = sources();
    for model in OLD {
        let most = if model == "V4_5ALL" { 60.0 } else { 480.0 };
        let body = and(&own(&source), &json!({ "model": model }));
        operation(name).at_most_seconds(&body, "uploadUrl", most);
    }
}

#[test]
fn a_part_that_is_added_needs_what_to_avoid() {
    for (name, style) in [("add_instrumental", "tags"), ("add_vocals", "style")] {
        let add = operation(name);
        let body = json!({
            "uploadUrl": SONG, "title": "Night", "callBackUrl": HOOK, "negativeTags": "metal", style: "Jazz",
        });
        let body = if style == "style" { and(&body, &json!({ "prompt": "La la" })) } else { body };
        add.needs(&body, &["uploadUrl", "title", "callBackUrl", "negativeTags", style]);
        add.at_most(&body, "negativeTags", 200);
        add.at_most(&body, style, 1000);
        add.has_models(&body, &["V4_5PLUS", "V5", "V5_5", "V6", "V6_WILD", "V6_MINI"]);
        add.has_weights(&body);
        add.may_have(&body, &json!({ "vocalGender": "m", "variety": 4 }));
        add.refuses(&and(&body, &json!({ "variety": 5 })), &["variety max"]);
        add.at_most(&body, "lyrics", 5000);
    }
}

#[test]
fn added_vocals_need_a_prompt_unless_the_model_is_of_v6() {
    let add = operation("add_vocals");
    let body = json!({
        "uploadUrl": SONG, "title": "Night", "callBackUrl": HOOK, "negativeTags": "metal", "style": "Jazz", "prompt": "La",
    });
    add.needs(&body, &["prompt"]);
    for model in ["V4_5PLUS", "V5", "V5_5"] {
        add.needs(&and(&body, &json!({ "model": model })), &["prompt"]);
    }
    for model in NEW {
        add.takes(&without(&and(&body, &json!({ "model": model })), "prompt"));
    }
    add.at_most(&body, "prompt", 5000);
    operation("add_instrumental")
        .refuses(&without(&and(&body, &json!({ "tags": "Jazz" })), "style"), &["prompt unknown"]);
}
