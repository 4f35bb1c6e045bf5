//! Objects in requests: what the builder can build, and what `from_json` accepts.

use cover_tests::stitch::{AnyMode, Careful, Fade, Part, Segment, StitchRequest, try_stitch};
use serde_json::{Value, json};

fn fade() -> Fade {
    Fade::builder().shape("sine").millis(20).build()
}

#[test]
fn a_request_holds_objects_and_lists_of_objects() {
    let segments = [Segment::builder().start(0.0).build(), Segment::builder().tags(["a", "b"]).start(1.5).build()];
    let request = StitchRequest::careful().segments(segments).fading(fade()).build().expect("the rules hold");
    let body = json!({
        "careful": true,
        "segments": [{ "start": 0.0 }, { "start": 1.5, "tags": ["a", "b"] }],
        "fade": { "shape": "sine", "millis": 20 },
    });
    assert_eq!(serde_json::to_value(&request).expect("written"), body);
    assert_eq!(StitchRequest::from_json(body.to_string()).expect("read"), StitchRequest::<AnyMode>::from(request));
}

#[test]
fn the_build_of_the_request_checks_the_limits_of_members() {
    let segments = [
        Segment::builder().start(0.0).maybe_source(Some("ftp://a")).build(),
        Segment::builder().start(-1.0).tags(["long", "a", ""]).build(),
    ];
    let violations = StitchRequest::quick().segments(segments).build().expect_err("limits are broken");
    let said = violations.to_string();
    for place in ["segments[0].source", "segments[1].start", "segments[1].tags[0]", "segments[1].tags[2]"] {
        assert!(said.contains(place), "{place} in {said}");
    }
}

#[test]
fn debug_hides_the_query_of_an_address() {
    let segment = Segment::builder().start(1.0).source("https://a.example/b?key=secret").build();
    let shown = format!("{segment:?}");
    assert!(shown.starts_with("Segment { start: 1.0, source: ") && !shown.contains("secret"), "{shown}");
}

#[test]
fn a_literal_takes_expressions_of_objects() {
    let segments = vec![Segment::builder().start(1.0).build()];
    let request = try_stitch! { mode: Careful, segments: segments, fading: fade() }.expect("the rules hold");
    assert_eq!(
        request,
        StitchRequest::<Careful>::builder()
            .segments([Segment::builder().start(1.0).build()])
            .fading(fade())
            .build()
            .expect("the rules hold")
    );
}

/// Segments, each with the builder that makes it. `None`: the builder cannot make it, or its limits are broken.
fn segments() -> Vec<(Value, Option<Segment>)> {
    let from = |start: f64| Segment::builder().start(start);
    vec![
        (json!({ "start": 0 }), Some(from(0.0).build())),
        (json!({ "start": 0.25 }), Some(from(0.25).build())),
        (json!({ "tags": [], "start": 1 }), Some(from(1.0).tags([""; 0]).build())),
        (json!({ "start": 1, "tags": ["a"] }), Some(from(1.0).tags(["a"]).build())),
        (json!({ "start": 1, "tags": ["abcd"] }), Some(from(1.0).tags(["abcd"]).build())),
        (json!({ "start": 1, "tags": ["a", "b", "c"] }), Some(from(1.0).tags(["a", "b", "c"]).build())),
        (json!({ "start": -1 }), Some(from(-1.0).build())),
        (json!({ "start": 1, "source": "https://a.example" }), Some(from(1.0).source("https://a.example").build())),
        (json!({ "start": 1, "source": "a" }), Some(from(1.0).source("a").build())),
        (json!({ "start": 1, "part": "chorus" }), Some(from(1.0).section(Part::Chorus).build())),
        (json!({ "start": 1, "part": "bridge" }), None),
        (json!({ "start": 1, "part": ["chorus"] }), None),
        (json!({}), None),
        (json!({ "start": null }), None),
        (json!({ "start": "1" }), None),
        (json!({ "start": [1] }), None),
        (json!({ "start": 1, "end": 2 }), None),
        (json!({ "start": 1, "source": null }), None),
        (json!({ "start": 1, "tags": "a" }), None),
        (json!({ "start": 1, "tags": [["a"]] }), None),
        (json!({ "start": { "start": 1 } }), None),
        (json!([]), None),
        (json!(1), None),
        (json!("start"), None),
        (Value::Null, None),
    ]
}

#[test]
fn from_json_accepts_exactly_what_the_builder_builds() {
    let mut accepted = 0;
    let (good, of_good) = (json!({ "start": 2 }), Segment::builder().start(2.0).build());
    for (value, segment) in segments() {
        for before in 0..=2 {
            let mut list = vec![good.clone(); before];
            list.push(value.clone());
            let body = json!({ "careful": false, "segments": list }).to_string();
            let read = StitchRequest::from_json(&body);
            let built = segment.clone().and_then(|segment| {
                let all = std::iter::repeat_n(of_good.clone(), before).chain([segment]);
                StitchRequest::quick().segments(all).build().ok()
            });
            accepted += usize::from(built.is_some());
            assert_eq!(read.ok(), built.map(StitchRequest::<AnyMode>::from), "{body}");
        }
    }
    assert_eq!(accepted, 12);
}

#[test]
fn a_violation_in_json_names_its_place() {
    for (segments, said) in [
        (r#"[{"start":1},{}]"#, "segments[1].start: missing, required"),
        (r#"[{"start":1,"end":2}]"#, "segments[0].end: no such field"),
        (r#"[{"start":1,"start":2}]"#, "segments[0].start: given twice"),
        (r#"{"start":1}"#, "segments: must be a list, and each item an object"),
    ] {
        let violations = StitchRequest::from_json(format!(r#"{{"careful":false,"segments":{segments}}}"#));
        assert_eq!(violations.expect_err(segments).to_string(), said);
    }
}
