//! Modes that list their fields, conditions of true and false, and limits for one model only.

use cover_tests::stage::{SongRequest, Voice, song, try_song};

/// Returns the violations of a body, one line each.
fn refused(body: &str) -> String {
    SongRequest::from_json(body).err().map(|violations| violations.to_string()).unwrap_or_default()
}

#[test]
fn a_mode_decides_which_fields_its_builder_has() {
    let stage = SongRequest::stage().hall("Cellar").repeats([false]).build().expect("both required fields");
    let literal = song! { mode: Stage, hall: "Cellar", repeats: [false] };
    assert!(stage == literal);
    assert_eq!(
        serde_json::to_string(&stage).expect("JSON"),
        r#"{"version":2,"live":true,"hall":"Cellar","repeats":[false]}"#
    );
    let studio = SongRequest::studio().voice(Voice::Bass).tempo(60).build().expect("two optional fields");
    assert!(
        studio == SongRequest::studio().maybe_voice(Some(Voice::Bass)).maybe_tempo(Some(60)).build().expect("equal")
    );
    let body = r#"{"version":2,"hall":"Cellar","encore":false}"#;
    assert_eq!(refused(body), "repeats: missing, required in Stage");
    let body = r#"{"version":2,"live":false,"hall":"Cellar","repeats":[],"encore":true}"#;
    assert_eq!(
        refused(body),
        "hall: must be left out in Studio\nencore: must be left out in Studio\nrepeats: must be left out in Studio"
    );
}

#[test]
fn true_and_false_have_conditions_of_their_own() {
    let song = |voice, encore| SongRequest::stage().hall("Cellar").repeats([]).voice(voice).encore(encore);
    assert!(song(Voice::Alto, true).build().is_ok());
    assert!(song(Voice::Bass, false).build().is_ok());
    let low = song(Voice::Bass, true).build().unwrap_err();
    assert_eq!(low.to_string(), "encore: this value is not allowed in Stage (only if `voice` is soprano or alto)");
    let fast = song(Voice::Bass, false).tempo(60).build().unwrap_err();
    assert_eq!(fast.to_string(), "encore: this value is not allowed in Stage (if `tempo` is given)");
    let item = SongRequest::stage().hall("Cellar").repeats([false, true]).voice(Voice::Bass).build().unwrap_err();
    assert_eq!(item.to_string(), "repeats: this value is not allowed in Stage (if `voice` is bass)");
    let truth = true;
    let tried = try_song! { mode: Stage, hall: "Cellar", repeats: [], voice: Bass, encore: truth };
    assert_eq!(tried.unwrap_err(), low);
}

#[test]
fn a_limit_for_one_model_says_nothing_about_others() {
    let song = |voice, tempo| SongRequest::studio().maybe_voice(voice).tempo(tempo).build();
    assert!(song(None, 1000).is_ok(), "without a voice");
    assert!(song(Some(Voice::Bass), 90).is_ok());
    assert_eq!(song(Some(Voice::Bass), 91).unwrap_err().to_string(), "tempo: 91, at most 90 with bass in Studio");
    let high = song(Some(Voice::Alto), 201).unwrap_err().to_string();
    assert_eq!(high, "tempo: 201, at most 200 in Studio (if `voice` is soprano or alto)");
}
