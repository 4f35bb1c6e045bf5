//! A crate outside of this workspace with a spec of its own: cargo builds it, only the spec is edited, and cargo builds it
//! again.

use std::error::Error;

use crate::stranger::Crate;

type Outcome = Result<(), Box<dyn Error>>;

const SPEC: &str = include_str!("../../specs/speech.toml");

const LIB: &str = r#"
#![deny(warnings)]
pub mod speech {
    cover_api::api!("specs/speech.toml", in crate::speech);
}
"#;

/// The generated macros also work in the crate that defines them.
const HELLO: &str = r#"
pub fn hello() -> speech::SpeechRequest {
    speech::speech! { voice: Calm, text: "Hello", format: "wav" }
}
"#;

const BEFORE: &str = r#"
use std::time::Duration;
use cover_api::sandbox::Sandbox;
use stranger::speech::{Client, SpeechRequest, Status, Voice};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let request = SpeechRequest::builder().voice(Voice::Calm).text("Hello").format("wav").build()?;
    assert!(request == stranger::hello());
    println!("{}", serde_json::to_string(&request)?);
    let refused = SpeechRequest::builder().voice(Voice::Bright).text("ä".repeat(51)).build();
    println!("{}", refused.unwrap_err());
    let text = "ä".repeat(50);
    let tried = stranger::speech::try_speech! { voice: Bright, text: text };
    assert!(tried.is_ok());

    let spec = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/specs/speech.toml"))?;
    let sandbox = Sandbox::builder().spec(spec).stage_each_poll().without_rate_limit().start().await?;
    let millis = Duration::from_millis;
    let client = Client::builder(sandbox.key()).base_url(sandbox.url()).poll_every(millis(1), millis(2)).rate_limit(64, millis(0)).build()?;
    let done = client.send(&request).await?.wait().await?;
    assert_eq!(done.status, Status::Read);
    println!("{} recording", done.tracks.len());
    Ok(())
}
"#;

const AFTER: &str = r#"
use stranger::speech::{SpeechRequest, Voice};

fn main() {
    let request = SpeechRequest::builder().voice(Voice::Deep).text("Hello").speed(1.5).build().unwrap();
    let json = serde_json::to_string(&request).unwrap();
    assert!(SpeechRequest::from_json(&json).unwrap() == request);
    println!("{json}");
}
"#;

/// Returns the spec after the service has added a voice and a field.
fn edited() -> String {
    let voice = "bright = { doc = \"A bright voice.\" }\n";
    let field = "\n[fields.speed]\ntype = \"number\"\ndoc = \"How fast.\"\noptional = \"always\"\nmin = 0.5\nmax = 2\n";
    SPEC.replace(voice, &format!("{voice}deep = {{ doc = \"A deep voice.\" }}\n"))
        .replace("{ models = [\"calm\"], max", "{ models = [\"calm\", \"deep\"], max")
        .replace("\n[envelope]", &format!("{field}\n[envelope]"))
}

impl Crate {
    /// Returns the standard output of a program, which must succeed.
    fn run(&self, program: &str) -> Result<String, Box<dyn Error>> {
        let output = self.cargo(&["run", "--bin", program])?;
        let errors = String::from_utf8(output.stderr)?;
        assert!(output.status.success(), "{errors}");
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Returns the errors of the compiler, which must fail.
    fn refused(&self, arguments: &[&str]) -> Result<String, Box<dyn Error>> {
        let output = self.cargo(arguments)?;
        assert!(!output.status.success(), "{arguments:?} must fail");
        Ok(String::from_utf8(output.stderr)?)
    }
}

#[test]
fn editing_the_spec_is_all_that_a_change_of_the_service_needs() -> Outcome {
    let stranger = Crate::new("own_spec")?;
    stranger.write("src/lib.rs", &format!("{LIB}{HELLO}"))?;
    stranger.write("src/bin/before.rs", BEFORE)?;
    stranger.write("src/bin/after.rs", AFTER)?;
    stranger.write("specs/speech.toml", SPEC)?;

    let said = stranger.run("before")?;
    let expected =
        [r#"{"voice":"calm","text":"Hello","type":"wav"}"#, "text: 102 bytes, at most 100 with bright", "1 recording"];
    assert_eq!(said.lines().collect::<Vec<_>>(), expected);
    let errors = stranger.refused(&["check", "--bin", "after"])?;
    assert!(errors.contains("no variant or associated item named `Deep`"), "{errors}");
    assert!(errors.contains("no method named `speed`"), "{errors}");

    stranger.write("specs/speech.toml", &edited())?;
    assert_eq!(stranger.run("after")?.trim(), r#"{"voice":"deep","text":"Hello","speed":1.5}"#);
    assert_eq!(stranger.run("before")?, said);

    stranger.write("src/lib.rs", LIB)?;
    the_faults_of_a_spec_are_shown_where_they_stand(&stranger)?;
    invalid_toml_is_shown_where_it_stands(&stranger)?;
    a_missing_spec_is_named_by_its_path(&stranger)
}

fn the_faults_of_a_spec_are_shown_where_they_stand(stranger: &Crate) -> Outcome {
    let misspelt = "required = [\"Custm<Vocal>\", \"NonCustom\"]";
    let faulty = cover_spec::SHIPPED
        .replace("required = [\"Custom<Vocal>\", \"NonCustom\"]", misspelt)
        .replace("models = [\"V3_5\", \"V4\"], max_length = 80", "models = [\"V3_5\"], max_length = 80")
        .replacen("min = 0\n", "mim = 0\n", 1);
    stranger.write("specs/speech.toml", &faulty)?;
    // The valid parts are still generated, so that an editor knows them.
    stranger.write("src/lib.rs", &format!("{LIB}pub use speech::{{CoverRequest, Model}};"))?;
    let errors = stranger.refused(&["check", "--lib"])?;
    stranger.write("src/lib.rs", LIB)?;
    let line = 1 + faulty.lines().position(|line| line == misspelt).ok_or("not misspelt")?;
    let place = format!("--> specs/speech.toml:{line}:13");
    for part in [
        "error: unknown mode `Custm<Vocal>`",
        &place,
        misspelt,
        "            ^^^^^^^^^^^^^^ did you mean `Custom<Vocal>`?",
        "error: `title` has no `max_length` with `V4` in `Custom<Instrumental>`, and in 1 other case",
        "error: unknown key `mim` in `styleWeight`",
        "^^^ did you mean `min`?",
    ] {
        assert!(errors.contains(part), "{part}\nis not in\n{errors}");
    }
    assert_eq!(errors.matches("\nerror: ").count() + 1, 4, "three faults and the end\n{errors}");
    Ok(())
}

fn invalid_toml_is_shown_where_it_stands(stranger: &Crate) -> Outcome {
    stranger.write("specs/speech.toml", "[service]\nname = \"Cut\nid = 5 5\n")?;
    let errors = stranger.refused(&["check", "--lib"])?;
    assert!(errors.contains("specs/speech.toml:2:12"), "{errors}");
    assert!(!errors.contains("specs/speech.toml:3:6"), "the rest may follow from the first mistake\n{errors}");
    Ok(())
}

fn a_missing_spec_is_named_by_its_path(stranger: &Crate) -> Outcome {
    stranger.write("src/lib.rs", "cover_api::api!(\"specs/nowhere.toml\");\n")?;
    let errors = stranger.refused(&["check", "--lib"])?;
    let path = stranger.root.join("specs/nowhere.toml");
    let cause = format!("error: cannot read the spec `{}`: ", path.display());
    assert!(errors.contains(&cause) && errors.contains("--> src/lib.rs:1:17"), "{errors}");
    Ok(())
}
