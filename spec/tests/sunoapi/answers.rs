//! Where each operation is sent, polled and answered. Nothing of it is inherited by accident.

use std::collections::BTreeSet;

use cover_spec::Spec;
use cover_spec::tables::{Method, StatusMeaning};

use crate::helper::{names, spec};

/// The answers of one operation, by the pages of the service.
struct Row {
    name: &'static str,
    submit: &'static str,
    /// Place of the task in the answer to the submit; none if the operation answers at once.
    task: &'static str,
    /// Path of the poll, its parameter and the place of the status.
    poll: [&'static str; 3],
    /// Statuses that end the task well, and those that end it badly.
    ends: [&'static [&'static str]; 2],
    /// First place of the first result, and its place in callbacks.
    result: [&'static str; 2],
    /// Place of the task in callbacks.
    callback: &'static str,
    /// Price in credits, if any page or list has it.
    cost: Option<&'static str>,
}

const MUSIC_POLL: [&str; 3] = ["/api/v1/generate/record-info", "taskId", "data.status"];
const MUSIC_ENDS: [&[&str]; 2] =
    [&["SUCCESS", "CALLBACK_EXCEPTION"], &["CREATE_TASK_FAILED", "GENERATE_AUDIO_FAILED", "SENSITIVE_WORD_ERROR"]];
const TRACKS: [&str; 2] = ["data.response.sunoData", "data.data"];

const fn music(name: &'static str, submit: &'static str, cost: &'static str) -> Row {
    let (poll, ends, result) = (MUSIC_POLL, MUSIC_ENDS, TRACKS);
    Row { name, submit, task: "data.taskId", poll, ends, result, callback: "data.task_id", cost: Some(cost) }
}

const fn direct(name: &'static str, submit: &'static str, result: &'static str, cost: Option<&'static str>) -> Row {
    Row { name, submit, task: "", poll: [""; 3], ends: [&[]; 2], result: [result, ""], callback: "", cost }
}

#[rustfmt::skip]
const ROWS: &[Row] = &[
    music("generate", "/api/v1/generate", "12"),
    music("generate_v6", "/api/v1/generate", "12"),
    music("extend", "/api/v1/generate/extend", "12"),
    music("upload_extend", "/api/v1/generate/upload-extend", "12"),
    music("add_instrumental", "/api/v1/generate/add-instrumental", "12"),
    music("add_vocals", "/api/v1/generate/add-vocals", "12"),
    music("replace_section", "/api/v1/generate/replace-section", "5"),
    music("mashup", "/api/v1/generate/mashup", "12"),
    music("mashup_v6", "/api/v1/generate/mashup", "12"),
    // Its callbacks are not documented.
    Row { callback: "", ..music("sounds", "/api/v1/generate/sounds", "2.5") },
    Row {
        name: "lyrics", submit: "/api/v1/lyrics", task: "data.taskId",
        poll: ["/api/v1/lyrics/record-info", "taskId", "data.status"],
        ends: [&["SUCCESS", "CALLBACK_EXCEPTION"], &["CREATE_TASK_FAILED", "GENERATE_LYRICS_FAILED", "SENSITIVE_WORD_ERROR"]],
        result: ["data.response.data", "data.data"], callback: "data.taskId", cost: Some("0.4"),
    },
    Row {
        name: "wav", submit: "/api/v1/wav/generate", task: "data.taskId",
        poll: ["/api/v1/wav/record-info", "taskId", "data.successFlag"],
        ends: [&["SUCCESS", "CALLBACK_EXCEPTION"], &["CREATE_TASK_FAILED", "GENERATE_WAV_FAILED"]],
        result: ["data.response.audioWavUrl", "data.audioWavUrl"], callback: "data.task_id", cost: Some("0.4"),
    },
    Row {
        name: "stems", submit: "/api/v1/vocal-removal/generate", task: "data.taskId",
        poll: ["/api/v1/vocal-removal/record-info", "taskId", "data.successFlag"],
        ends: [&["SUCCESS", "CALLBACK_EXCEPTION"], &["CREATE_TASK_FAILED", "GENERATE_AUDIO_FAILED"]],
        result: ["data.response", "data.vocal_removal_info"], callback: "data.task_id", cost: Some("50 if `type` is split_stem, or else 10"),
    },
    Row {
        name: "stem", submit: "/api/v1/vocal-removal/generate", task: "data.taskId",
        poll: ["/api/v1/vocal-removal/record-info", "taskId", "data.successFlag"],
        ends: [&["SUCCESS", "CALLBACK_EXCEPTION"], &["CREATE_TASK_FAILED", "GENERATE_AUDIO_FAILED"]],
        result: ["data.response.originData", "data.vocal_removal_info.origin_data"], callback: "data.task_id", cost: Some("20"),
    },
    Row {
        name: "midi", submit: "/api/v1/midi/generate", task: "data.taskId",
        poll: ["/api/v1/midi/record-info", "taskId", "data.successFlag"], ends: [&["1"], &["2", "3"]],
        result: ["data.midiData.instruments", "data.instruments"], callback: "task_id", cost: Some("0"),
    },
    Row {
        name: "video", submit: "/api/v1/mp4/generate", task: "data.taskId",
        poll: ["/api/v1/mp4/record-info", "taskId", "data.successFlag"],
        ends: [&["SUCCESS", "CALLBACK_EXCEPTION"], &["CREATE_TASK_FAILED", "GENERATE_MP4_FAILED"]],
        result: ["data.response.videoUrl", "data.video_url"], callback: "data.task_id", cost: Some("4"),
    },
    Row {
        name: "cover_images", submit: "/api/v1/suno/cover/generate", task: "data.taskId",
        // 2 means running here, and failed for MIDI.
        poll: ["/api/v1/suno/cover/record-info", "taskId", "data.successFlag"], ends: [&["1"], &["3"]],
        result: ["data.response.images", "data.images"], callback: "data.taskId", cost: Some("0"),
    },
    Row {
        name: "voice_validate", submit: "/api/v1/voice/validate", task: "data.taskId",
        poll: ["/api/v1/voice/validate-info", "taskId", "data.status"],
        ends: [&["wait_validating"], &["fail", "processing_validate_fail"]],
        result: ["data.validateInfo", "data.validateInfo"], callback: "data.taskId", cost: None,
    },
    Row {
        name: "voice_regenerate", submit: "/api/v1/voice/regenerate", task: "data.taskId",
        poll: ["/api/v1/voice/validate-info", "taskId", "data.status"],
        ends: [&["wait_validating"], &["fail", "processing_validate_fail"]],
        result: ["data.validateInfo", "data.validateInfo"], callback: "data.taskId", cost: None,
    },
    Row {
        name: "voice", submit: "/api/v1/voice/generate", task: "data.taskId",
        // `wait_validating` still runs here.
        poll: ["/api/v1/voice/record-info", "taskId", "data.status"],
        ends: [&["success"], &["fail", "processing_validate_fail"]],
        result: ["data.voiceId", "data.voiceId"], callback: "data.taskId", cost: None,
    },
    Row {
        name: "recovery", submit: "/api/v1/suno/recovery", task: "data.task_id",
        poll: ["/api/v1/suno/recovery/record-info", "task_id", "code"], ends: [&["200"], &["500"]],
        result: ["data", "data"], callback: "task_id", cost: None,
    },
    direct("voice_check", "/api/v1/voice/check-voice", "data.isAvailable", None),
    direct("persona", "/api/v1/generate/generate-persona", "data.personaId", Some("0")),
    direct("timestamped_lyrics", "/api/v1/generate/get-timestamped-lyrics", "data", Some("0.5")),
    direct("style", "/api/v1/style/generate", "data.result", Some("0.4")),
    direct("credit", "/api/v1/generate/credit", "data", None),
    direct("file_base64", "/api/file-base64-upload", "data.downloadUrl", Some("0")),
    direct("file_url", "/api/file-url-upload", "data.downloadUrl", Some("0")),
];

fn of(name: &str) -> &'static Row {
    ROWS.iter().find(|row| row.name == name).unwrap_or_else(|| panic!("no row has the spec {name}"))
}

#[test]
fn each_spec_has_a_row() {
    assert_eq!(names(), ROWS.iter().map(|row| row.name.to_owned()).collect::<BTreeSet<_>>());
}

#[test]
fn each_operation_has_its_own_path_poll_results_and_callback() {
    for (name, row) in names().iter().map(|name| (name, of(name))) {
        let spec = spec(name);
        assert_eq!(*spec.submit.path, row.submit, "{name}");
        assert_eq!(spec.submit.task.as_ref().map_or("", |task| task.as_str()), row.task, "{name}");
        let poll = spec.poll.as_ref().map_or([""; 3], |poll| {
            [poll.path.as_str(), poll.query.as_ref().map_or("", |query| query.as_str()), poll.status.as_str()]
        });
        assert_eq!(poll, row.poll, "{name}");
        let first = spec.results.iter().find(|result| !result.optional).expect("a result that is not optional");
        let callback = first.callback.as_ref().map_or("", |place| place.as_str());
        let expects_callback = if row.callback.is_empty() { callback } else { row.result[1] };
        assert_eq!([first.at[0].as_str(), callback], [row.result[0], expects_callback], "{name}");
        assert_eq!(spec.callback.as_ref().map_or("", |callback| callback.task.as_str()), row.callback, "{name}");
    }
}

#[test]
fn each_status_ends_the_task_as_the_page_says() {
    for (name, row) in names().iter().map(|name| (name, of(name))) {
        let spec = spec(name);
        let ending = |means: &[StatusMeaning]| {
            let fitting = spec.statuses.iter().filter(|status| means.contains(&status.means));
            fitting.map(|status| status.name.value.clone()).collect::<BTreeSet<_>>()
        };
        let expected = row.ends.map(|names| names.iter().map(|&name| name.to_owned()).collect::<BTreeSet<_>>());
        let ends = [ending(&[StatusMeaning::Done, StatusMeaning::DoneWithResults]), ending(&[StatusMeaning::Failed])];
        assert_eq!(ends, expected, "{name}");
    }
}

#[test]
fn each_operation_costs_what_a_page_says() {
    for (name, row) in names().iter().map(|name| (name, of(name))) {
        assert_eq!(spec(name).credits.map(|credits| credits.price_in_words()).as_deref(), row.cost, "{name}");
    }
}

#[test]
fn all_operations_are_paid_by_the_account_of_the_cover() {
    let cover = Spec::parse_shipped("upload_cover.toml").unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(cover.service.account.as_deref().map(String::as_str), Some("sunoapi.org"));
    let mut ids = BTreeSet::from([cover.service.id.value.clone()]);
    let mut types = BTreeSet::from([cover.service.name.value.clone()]);
    for spec in names().iter().map(|name| spec(name)) {
        assert_eq!(spec.service.account.as_deref().map(String::as_str), Some("sunoapi.org"), "{}", *spec.service.id);
        assert!(ids.insert(spec.service.id.value.clone()), "{}", *spec.service.id);
        assert!(types.insert(spec.service.name.value.clone()), "{}", *spec.service.name);
    }
}

#[test]
fn only_the_question_about_credits_is_free_to_repeat() {
    for name in names() {
        let expected = if name == "credit" { Method::Get } else { Method::Post };
        assert_eq!(spec(&name).submit.method(), expected, "{name}");
    }
}

#[test]
fn codes_mean_the_same_as_those_of_the_cover() {
    let cover = Spec::parse_shipped("upload_cover.toml").unwrap_or_else(|faults| panic!("{faults}"));
    for name in names().into_iter().filter(|name| !name.starts_with("file_")) {
        let spec = spec(&name);
        for code in &cover.codes {
            let same = spec.codes.iter().find(|it| it.number.value == code.number.value).expect("the code is there");
            let [same, code] =
                [same, code].map(|it| (it.means.value, it.created.value, it.retry_after.as_deref().copied()));
            assert_eq!(same, code, "{name}");
        }
        let own = spec.codes.iter().map(|code| code.number.value);
        let more: Vec<u32> = own.filter(|own| cover.codes.iter().all(|code| code.number.value != *own)).collect();
        assert_eq!(more, [409, 422, 402], "{name}");
    }
}
