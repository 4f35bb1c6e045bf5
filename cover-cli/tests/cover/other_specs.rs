//! The same command, made of other specs.

use std::path::{Path, PathBuf};
use std::time::Duration;

use cover_api::sandbox::Sandbox;

use crate::support::{Home, Service, root};

fn spec(path: &str) -> String {
    root().join("tests/specs").join(path).to_str().expect("it is a text").to_owned()
}

/// Returns all specs below a folder that stand alone.
fn specs(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it is there").path();
        if path.is_dir() {
            found.extend(specs(&path));
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_spec_of_the_repository_makes_a_command_or_is_refused_in_words() {
    let (home, mut made) = (Home::new(), 0);
    for path in specs(&root().join("tests/specs")) {
        let path = path.to_str().expect("it is a text");
        let said = home.cover(["--spec", path, "--help"]);
        match said.code {
            0 => {
                made += 1;
                for arguments in [&["man"][..], &["completions", "bash"], &["operations"]] {
                    home.cover([&["--spec", path], arguments].concat()).expect(0);
                }
            }
            // Some files are only bases for other specs.
            2 => drop(said.saying(&[path])),
            _ => panic!("{said:?}"),
        }
    }
    assert!(made > 25, "{made} specs made a command");
}

/// Buys with a spec from a sandbox of it, twice with the same key.
fn buy(path: &str, arguments: &[&str]) {
    let path = spec(path);
    let text = std::fs::read_to_string(&path).expect("the spec is there");
    let builder = Sandbox::builder().spec(text).stage_every(Duration::from_millis(20)).without_rate_limit();
    let service = Service::of(builder);
    let home = Home::new();
    let variables = variables(&path);
    let home = home.with(&variables.0, service.sandbox.key()).with(&variables.1, service.url());
    for _ in 0..2 {
        home.cover([&["--spec", &path, "--key", "order-1"], arguments].concat()).expect(0);
    }
    assert_eq!(service.sandbox.tasks(), 1, "the second command pays nothing");
    home.cover(["--spec", &path, "list"]).expect(0);
}

/// Returns the environment variables that a spec names: of the key and of the address.
fn variables(path: &str) -> (String, String) {
    let text = std::fs::read_to_string(path).expect("the spec is there");
    let spec = cover_spec::Spec::parse("spec.toml", &text).expect("it has no faults");
    let api = spec.api();
    (api.env_key.to_string(), api.env_url.to_string())
}

#[test]
fn a_text_is_read_aloud() {
    let path = spec("speech.toml");
    Home::new().cover(["--spec", &path, "--sandbox", "--voice", "calm", "--text", "Hello"]).expect(0);
}

#[test]
fn a_choir_sings() {
    let path = spec("choir/song.toml");
    Home::new().cover(["--spec", &path, "--sandbox", "--text", "La la", "--voices", "full"]).expect(0);
}

#[test]
fn a_picture_becomes_a_video() {
    buy(
        "others/runway.toml",
        &["--model", "gen4_turbo", "--prompt-image", "https://example.com/a.png", "--ratio", "1280:720"],
    );
}

#[test]
fn a_field_may_have_the_name_of_a_flag_of_the_command() {
    let path = spec("songbook.toml");
    let help = Home::new().cover(["--spec", &path, "--help"]).expect(0).out;
    assert!(help.contains("--field-name"), "{help}");
}
