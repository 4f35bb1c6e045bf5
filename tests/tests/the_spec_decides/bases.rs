//! Types from a spec whose parts come from a chain of three files in two folders.

use std::error::Error;
use std::path::Path;

use cover_api::runtime::StaticService;
use cover_spec::Spec;

mod song {
    cover_api::api!("specs/choir/song.toml", in crate::bases::song);
}

#[test]
fn a_request_has_the_rules_of_all_files_of_a_chain() -> Result<(), Box<dyn Error>> {
    use song::{SongRequest, Voices};
    let built = SongRequest::builder().text("A long road home").voices(Voices::Full).tempo(160).build()?;
    assert_eq!(serde_json::to_string(&built)?, r#"{"text":"A long road home","voices":"full","tempo":160}"#);
    let refused = |tempo| {
        let builder = SongRequest::builder().text("A long road home").voices(Voices::Solo).tempo(tempo);
        builder.build().unwrap_err().to_string()
    };
    assert_eq!(refused(161), "text: 16 characters, at most 10 with solo\ntempo: 161, at most 160");
    assert_eq!(refused(39), "text: 16 characters, at most 10 with solo\ntempo: 39, at least 40");
    Ok(())
}

#[test]
fn the_literal_macros_know_all_files_of_a_chain() -> Result<(), Box<dyn Error>> {
    let text = String::from("Home");
    let literal = song::song! { text: "Home", voices: Solo, tempo: 60 };
    assert!(literal == song::try_song! { text: text, voices: Solo, tempo: 60 }?);
    Ok(())
}

#[test]
fn the_service_is_that_of_the_farthest_file_with_the_keys_of_nearer_ones() -> Result<(), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs/choir/song.toml");
    let spec = Spec::read(&path)?.map_err(|faults| faults.to_string())?;
    assert_eq!(*song::Choir::api(), spec.api());
    assert_eq!(spec.poll.as_ref().unwrap().path.value, "/tasks/{task}");
    assert_eq!(spec.poll.as_ref().unwrap().timeout.value.as_secs(), 600);
    assert_eq!(spec.service.id.value, "choir.example/song");
    Ok(())
}
