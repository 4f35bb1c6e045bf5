//! Songs from texts, and sounds.

use serde_json::{Value as Json, json};

use crate::helper::{HOOK, NEW, OLD, SONG, and, operation, without};

fn instrumental() -> Json {
    json!({
        "customMode": true, "instrumental": true, "model": "V5", "callBackUrl": HOOK, "style": "Jazz", "title": "Night",
    })
}

fn vocal() -> Json {
    and(&instrumental(), &json!({ "instrumental": false, "prompt": "La la" }))
}

fn simple() -> Json {
    json!({ "customMode": false, "instrumental": false, "model": "V5", "callBackUrl": HOOK, "prompt": "A calm night" })
}

/// What only custom mode takes.
fn custom_only() -> Json {
    json!({
        "negativeTags": "metal", "vocalGender": "f", "styleWeight": 0.5, "weirdnessConstraint": 0.5, "audioWeight": 0.5,
        "personaId": "p", "personaModel": "style_persona",
    })
}

#[test]
fn a_song_needs_what_its_mode_needs() {
    let generate = operation("generate");
    generate.needs(&instrumental(), &["model", "callBackUrl", "style", "title"]);
    generate.needs(&vocal(), &["model", "callBackUrl", "style", "title", "prompt"]);
    generate.needs(&simple(), &["model", "callBackUrl", "prompt", "instrumental"]);
    generate.takes_as("Custom<Instrumental>", &instrumental());
    generate.takes_as("Custom<Vocal>", &vocal());
    generate.takes_as("NonCustom", &simple());
    generate.takes(&and(&simple(), &json!({ "instrumental": true })));
    generate.may_have(&instrumental(), &json!({ "prompt": "A calm night" }));
    generate.refuses(&without(&vocal(), "instrumental"), &["instrumental required"]);
}

#[test]
fn a_simple_song_takes_nothing_of_custom_mode() {
    let generate = operation("generate");
    generate.may_have(&vocal(), &custom_only());
    generate.may_have(&instrumental(), &custom_only());
    generate.must_not_have(&simple(), &custom_only());
    generate.must_not_have(&simple(), &json!({ "style": "Jazz", "title": "Night", "duration": 20 }));
}

#[test]
fn the_texts_of_a_song_are_limited_by_its_model() {
    let generate = operation("generate");
    generate.has_models(&vocal(), &OLD);
    for model in OLD {
        let (prompt, style, title) = match model {
            "V4" => (3000, 200, 80),
            "V4_5ALL" => (5000, 1000, 80),
            _ => (5000, 1000, 100),
        };
        for body in [instrumental(), vocal()].map(|body| and(&body, &json!({ "model": model }))) {
            generate.at_most(&body, "prompt", prompt);
            generate.at_most(&body, "style", style);
            generate.at_most(&body, "title", title);
        }
        // 400, 500 and 3000 are documented.
        generate.at_most(&and(&simple(), &json!({ "model": model })), "prompt", 500);
    }
}

#[test]
fn weights_voices_and_lengths_of_a_song_are_limited() {
    let generate = operation("generate");
    for body in [instrumental(), vocal()] {
        generate.has_weights(&body);
        generate.has_voices(&body, &["V5", "V5_5"], &OLD);
        generate.has_duration(&body, &["V5_5"], &OLD);
        generate.takes(&and(&body, &json!({ "model": "V5_5", "duration": 30.5 })));
        generate.refuses(&and(&body, &json!({ "vocalGender": "x" })), &["vocalGender choice"]);
    }
}

fn v6(members: &Json) -> Json {
    and(&json!({ "instrumental": false, "model": "V6", "callBackUrl": HOOK }), members)
}

#[test]
fn a_custom_song_of_v6_needs_a_style_or_lyrics_or_what_to_avoid() {
    let generate = operation("generate_v6");
    for instrumental in [true, false] {
        let body = |members: &Json| and(&v6(members), &json!({ "customMode": true, "instrumental": instrumental }));
        for one in [json!({ "style": "Jazz" }), json!({ "lyrics": "La" }), json!({ "negativeTags": "metal" })] {
            generate.takes(&body(&one));
        }
        generate.takes(&body(&json!({ "style": "Jazz", "lyrics": "La", "negativeTags": "metal", "title": "Night" })));
        let group = &["style, lyrics, negativeTags group"];
        generate.refuses(&body(&json!({})), group);
        generate.refuses(&body(&json!({ "title": "Night", "prompt": "A calm night" })), group);
    }
}

#[test]
fn a_simple_song_of_v6_needs_attachments_or_a_style_or_lyrics() {
    let generate = operation("generate_v6");
    let body = |members: &Json| and(&v6(members), &json!({ "customMode": false }));
    for one in ["imageUrls", "videoUrls", "audioUrls"] {
        generate.takes(&body(&json!({ one: [SONG] })));
    }
    generate.takes(&body(&json!({ "style": "Jazz" })));
    generate.takes(&body(&json!({ "lyrics": "La" })));
    let group = &["imageUrls, videoUrls, audioUrls, style, lyrics group"];
    generate.refuses(&body(&json!({})), group);
    generate.refuses(&body(&json!({ "prompt": "A calm night" })), group);
}

#[test]
fn a_song_of_v6_has_at_most_ten_attachments() {
    let generate = operation("generate_v6");
    let body = |images: usize, videos: usize, audios: usize| {
        let list = |count: usize| vec![SONG; count];
        let lists = json!({ "imageUrls": list(images), "videoUrls": list(videos), "audioUrls": list(audios) });
        and(&v6(&lists), &json!({ "customMode": false }))
    };
    generate.takes(&body(5, 1, 4));
    generate.refuses(&body(5, 1, 5), &["imageUrls, videoUrls, audioUrls max_total"]);
    generate.refuses(&body(6, 1, 1), &["imageUrls max_items"]);
    generate.refuses(&body(1, 2, 1), &["videoUrls max_items"]);
}

#[test]
fn fields_of_one_mode_of_v6_are_refused_in_others() {
    let generate = operation("generate_v6");
    let simple = v6(&json!({ "customMode": false, "style": "Jazz" }));
    let custom = v6(&json!({ "customMode": true, "style": "Jazz" }));
    let instrumental = and(&custom, &json!({ "instrumental": true }));
    let in_custom = json!({
        "title": "Night", "negativeTags": "metal", "duration": 20, "vocalGender": "m", "styleWeight": 0.5,
        "weirdnessConstraint": 0.5, "variety": 2, "personaId": "p", "personaModel": "voice_persona",
    });
    for custom in [&custom, &instrumental] {
        generate.may_have(custom, &in_custom);
        generate.must_not_have(custom, &json!({ "imageUrls": [SONG], "videoUrls": [SONG] }));
    }
    generate.must_not_have(&simple, &in_custom);
    let audio_weight = json!({ "audioWeight": 0.5 });
    generate.may_have(&custom, &audio_weight);
    generate.must_not_have(&instrumental, &audio_weight);
    generate.must_not_have(&simple, &audio_weight);
}

#[test]
fn the_texts_of_v6_are_limited() {
    let generate = operation("generate_v6");
    let all: Vec<&str> = OLD.into_iter().chain(NEW).collect();
    let custom = v6(&json!({ "customMode": true, "style": "Jazz" }));
    let simple = v6(&json!({ "customMode": false, "style": "Jazz" }));
    generate.has_models(&custom, &all);
    for model in &all {
        let of = |body: &Json| and(body, &json!({ "model": model }));
        let (prompt, style) = if *model == "V4" { (3000, 200) } else { (5000, 1000) };
        generate.at_most(&of(&custom), "prompt", prompt);
        generate.at_most(&of(&custom), "style", style);
        generate.at_most(&of(&custom), "title", 80);
        generate.at_most(&of(&custom), "negativeTags", 1000);
        generate.at_most(&of(&custom), "lyrics", 5000);
        generate.at_most(&of(&simple), "prompt", 3000);
    }
    generate.has_weights(&custom);
    generate.has_duration(&custom, &["V5_5", "V6", "V6_WILD", "V6_MINI"], &all);
    generate.has_voices(&custom, &["V5", "V5_5", "V6", "V6_WILD", "V6_MINI"], &all);
    for variety in 0..=4 {
        generate.takes(&and(&custom, &json!({ "variety": variety })));
    }
    generate.refuses(&and(&custom, &json!({ "variety": 5 })), &["variety max"]);
    generate.refuses(&and(&custom, &json!({ "variety": -1 })), &["variety min"]);
    generate.refuses(&and(&custom, &json!({ "variety": 1.5 })), &["variety type"]);
}

#[test]
fn a_sound_needs_a_prompt_and_a_model() {
    let sounds = operation("sounds");
    let body = json!({ "prompt": "Rain", "model": "V6" });
    sounds.needs(&body, &["prompt", "model"]);
    sounds.has_models(&body, &OLD.into_iter().chain(NEW).collect::<Vec<_>>());
    sounds.may_have(&body, &json!({ "soundLoop": true, "grabLyrics": true, "callBackUrl": HOOK, "soundTempo": 120 }));
    sounds.at_most(&body, "prompt", 500);
}

#[test]
fn the_tempo_of_a_sound_may_be_null() {
    let sounds = operation("sounds");
    let body = |tempo: Json| json!({ "prompt": "Rain", "model": "V5", "soundTempo": tempo });
    for tempo in [json!(1), json!(300), Json::Null] {
        sounds.takes(&body(tempo));
    }
    sounds.refuses(&body(json!(0)), &["soundTempo min"]);
    sounds.refuses(&body(json!(301)), &["soundTempo max"]);
    sounds.refuses(&body(json!(90.5)), &["soundTempo type"]);
}

#[test]
fn a_sound_has_one_of_24_keys_or_any() {
    let sounds = operation("sounds");
    let body = |key: &str| json!({ "prompt": "Rain", "model": "V5", "soundKey": key });
    for key in ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"] {
        sounds.takes(&body(key));
        sounds.takes(&body(&format!("{key}m")));
    }
    sounds.takes(&body("Any"));
    for key in ["Db", "E#", "H", "c"] {
        sounds.refuses(&body(key), &["soundKey choice"]);
    }
}
