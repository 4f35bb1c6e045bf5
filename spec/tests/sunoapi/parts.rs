//! Stems, their notes, WAV files, videos and pictures.

use serde_json::{Value as Json, json};

use crate::helper::{HOOK, SONG, and, operation, without};

fn of_a_track() -> Json {
    json!({ "taskId": "t", "audioId": "a", "callBackUrl": HOOK })
}

fn of_a_recording() -> Json {
    json!({ "audioUrl": SONG, "callBackUrl": HOOK })
}

#[test]
fn stems_are_of_a_track_or_of_a_recording() {
    for (name, more) in [("stems", json!({})), ("stem", json!({ "type": "split_stem_advanced", "stemName": "Bass" }))] {
        let stems = operation(name);
        let [track, recording] = [of_a_track(), of_a_recording()].map(|body| and(&body, &more));
        stems.needs(&track, &["callBackUrl"]);
        stems.needs(&recording, &["callBackUrl"]);
        let group = &["taskId, audioId, audioUrl group"];
        stems.refuses(&without(&track, "taskId"), group);
        stems.refuses(&without(&track, "audioId"), group);
        stems.refuses(&without(&recording, "audioUrl"), group);
        stems.refuses(&and(&track, &recording), group);
        // A schema of kie requires and forbids it at once.
        stems.refuses(&and(&recording, &json!({ "audioId": "a" })), group);
    }
}

#[test]
fn the_price_of_stems_depends_on_their_type() {
    let (stems, stem) = (operation("stems"), operation("stem"));
    let of = |kind: &str| and(&of_a_track(), &json!({ "type": kind }));
    assert_eq!(stems.price(&of_a_track()), "10");
    assert_eq!(stems.price(&of("separate_vocal")), "10");
    assert_eq!(stems.price(&of("split_stem")), "50");
    assert_eq!(stem.price(&and(&of("split_stem_advanced"), &json!({ "stemName": "Bass" }))), "20");
}

#[test]
fn only_the_advanced_type_has_the_name_of_a_stem() {
    let (stems, stem) = (operation("stems"), operation("stem"));
    for body in [of_a_track(), of_a_recording()] {
        let of = |kind: &str| and(&body, &json!({ "type": kind }));
        stems.takes(&body);
        for kind in ["separate_vocal", "split_stem"] {
            stems.takes(&of(kind));
            stems.refuses(&and(&of(kind), &json!({ "stemName": "Bass" })), &["stemName unknown"]);
            stem.refuses(&and(&of(kind), &json!({ "stemName": "Bass" })), &["type constant"]);
        }
        // The advanced type has a spec of its own, since its result has another form.
        stems.refuses(&of("split_stem_advanced"), &["type choice"]);
        let advanced = and(&of("split_stem_advanced"), &json!({ "stemName": "Lead Vocal" }));
        stem.needs(&advanced, &["stemName"]);
    }
}

#[test]
fn notes_are_of_one_stem_or_of_all() {
    let midi = operation("midi");
    let body = without(&of_a_track(), "audioId");
    midi.needs(&body, &["taskId", "callBackUrl"]);
    midi.may_have(&body, &json!({ "audioId": "a" }));
}

#[test]
fn files_of_a_track_need_the_task_and_the_track() {
    for name in ["wav", "video"] {
        operation(name).needs(&of_a_track(), &["taskId", "audioId", "callBackUrl"]);
    }
}

#[test]
fn a_video_shows_short_names() {
    let video = operation("video");
    video.takes(&of_a_track());
    video.at_most(&of_a_track(), "author", 50);
    video.at_most(&of_a_track(), "domainName", 50);
}

#[test]
fn pictures_need_a_task_and_no_track() {
    let images = operation("cover_images");
    images.needs(&without(&of_a_track(), "audioId"), &["taskId", "callBackUrl"]);
    images.refuses(&of_a_track(), &["audioId unknown"]);
}
