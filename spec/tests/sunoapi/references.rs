//! Ids of earlier tasks, and addresses that the service fetches after it has accepted the request.

use std::collections::BTreeSet;

use cover_spec::Spec;

use crate::helper::{names, spec};

const MUSIC: &str = "/api/v1/generate/record-info";
const STEMS: &str = "/api/v1/vocal-removal/record-info";
const PHRASE: &str = "/api/v1/voice/validate-info";

/// A field with an id: its name, where the task is polled, the member with the id, and the code that refuses an unknown one.
type Source<'a> = (&'a str, Option<&'a str>, Option<&'a str>, Option<u32>);

fn sources(spec: &Spec) -> Vec<Source<'_>> {
    let source = |name: &str| spec.request.field(name).and_then(|field| field.source.as_ref());
    let of = |name: &str| source(name).map(|own| (own, own.task.as_ref().and_then(|task| source(task)).unwrap_or(own)));
    let all = spec.request.fields.iter().map(|field| field.wire.as_str());
    all.filter_map(|name| {
        let (own, task) = of(name)?;
        let [polled_at, member] = [&task.polled_at, &own.member].map(|text| text.as_ref().map(|it| it.as_str()));
        Some((name, polled_at, member, own.unknown.as_ref().map(|code| code.value)))
    })
    .collect()
}

#[test]
fn unknown_source_tasks_are_refused_where_this_was_seen() {
    let task = ("taskId", Some(MUSIC), None, Some(422));
    let track = ("audioId", Some(MUSIC), Some("id"), Some(422));
    let phrase = ("taskId", Some(PHRASE), None, Some(422));
    let stem = ("audioId", Some(STEMS), Some("id"), Some(422));
    let expected: [(&str, &[Source<'_>]); 13] = [
        ("wav", &[task, track]),
        ("video", &[task, track]),
        ("stems", &[task, track]),
        ("stem", &[task, track]),
        ("persona", &[task, track]),
        ("timestamped_lyrics", &[task, track]),
        ("cover_images", &[task]),
        ("midi", &[("taskId", Some(STEMS), None, Some(422)), stem]),
        ("voice", &[phrase]),
        ("voice_regenerate", &[phrase]),
        // Of which step the task is, no page says.
        ("voice_check", &[("task_id", None, None, Some(422))]),
        ("recovery", &[("sunoTaskId", Some(MUSIC), None, Some(500))]),
        // An unknown track was accepted.
        ("extend", &[("audioId", Some(MUSIC), Some("id"), None)]),
    ];
    for (name, expected) in expected {
        let spec = spec(name);
        let found: BTreeSet<_> = sources(&spec).into_iter().collect();
        assert_eq!(found, expected.iter().copied().collect::<BTreeSet<_>>(), "{name}");
    }
    let others: Vec<String> = names().into_iter().filter(|name| !expected.iter().any(|(it, _)| it == name)).collect();
    let with = others.iter().filter(|name| !sources(&spec(name)).is_empty()).collect::<Vec<_>>();
    assert_eq!(with, ["replace_section"]);
}

#[test]
fn an_address_that_cannot_be_fetched_fails_the_task() {
    let fetched = |spec: &Spec| -> Vec<(String, u32)> {
        let all = spec.request.fields.iter();
        all.filter_map(|field| Some((field.wire.value.clone(), field.fetched.as_ref()?.failure.value))).collect()
    };
    for (name, field, code) in [
        ("add_instrumental", "uploadUrl", 451),
        ("add_vocals", "uploadUrl", 451),
        ("mashup", "uploadUrlList", 451),
        ("mashup_v6", "uploadUrlList", 451),
        ("replace_section", "uploadUrl", 500),
        ("upload_extend", "uploadUrl", 451),
        ("stems", "audioUrl", 500),
        ("stem", "audioUrl", 500),
        ("voice", "verifyUrl", 400),
        ("voice_validate", "voiceUrl", 400),
    ] {
        assert_eq!(fetched(&spec(name)), [(field.to_owned(), code)], "{name}");
    }
}
