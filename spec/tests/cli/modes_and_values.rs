//! Presence that modes say, conditions of true and false, and classes: in documents and in comparisons.

use super::{Folder, Outcome};

const SPEC: &str = r#"
base = "cover-spec/upload_cover.toml"
without = ["callback"]
[service]
name = "Songs"
id = "songs.example"
[submit]
path = "/songs"
task = "id"
[request]
name = "SongRequest"
doc = "A request to sing a song."
model = "voice"
[classes]
high = ["soprano", "alto"]
[modes.Stage]
when = { live = true }
doc = "Before an audience."
optional = "others"
[modes.Studio]
when = { live = false }
doc = "For a recording."
required = ["voice"]
forbidden = "others"
[fields.live]
type = "boolean"
doc = "Whether there is an audience."
[fields.voice]
type = "choice"
name = "Voice"
doc = "Who sings."
values = { soprano = { doc = "The highest." }, alto = { doc = "A high one." }, bass = { doc = "A low one." } }
[fields.encore]
type = "boolean"
doc = "Whether there is an encore."
values = { true = { allowed_when = { voice = "high" } } }
"#;

/// Returns what `diff` says after one part of the spec is replaced.
fn changed(name: &str, from: &str, to: &str) -> Result<String, Box<dyn std::error::Error>> {
    assert!(SPEC.contains(from), "{from} is not in the spec");
    let folder = Folder::new(name)?;
    folder.write("old.toml", SPEC)?;
    folder.write("new.toml", &SPEC.replacen(from, to, 1))?;
    folder.said(0, &["diff", "old.toml", "new.toml"])
}

#[test]
fn documents_show_what_modes_say_and_the_conditions_of_values() -> Outcome {
    let folder = Folder::new("modes_and_values")?;
    folder.write("spec.toml", SPEC)?;
    let page = folder.said(0, &["export", "spec.toml", "--to", "markdown"])?;
    for line in [
        "| `voice` | choice | optional | required |",
        "| `encore` | boolean | optional | — |",
        "- `true`: allowed only if `voice` is soprano or alto",
    ] {
        assert!(page.contains(line), "{line} is not in\n{page}");
    }
    let schema = folder.said(0, &["export", "spec.toml", "--to", "json-schema"])?;
    let schema: serde_json::Value = serde_json::from_str(&schema)?;
    let studio = &schema["allOf"][1]["then"];
    assert_eq!(studio["required"], serde_json::json!(["voice"]));
    assert_eq!(studio["properties"]["encore"], false);
    Ok(())
}

#[test]
fn the_same_presence_said_by_the_field_is_not_a_change() -> Outcome {
    let said = changed("said_by_the_field", "name = \"Voice\"\n", "name = \"Voice\"\noptional = [\"Stage\"]\n")?;
    assert_eq!(said, "nothing changed\n");
    let said = changed("other_presence", "required = [\"voice\"]\n", "optional = [\"voice\"]\n")?;
    assert!(said.contains("`voice` may be left out in `Studio`"), "{said}");
    Ok(())
}

#[test]
fn the_models_of_a_class_are_not_a_change_but_fewer_models_are() -> Outcome {
    let said = changed("models_of_a_class", "voice = \"high\"", "voice = [\"alto\", \"soprano\"]")?;
    assert_eq!(said, "nothing changed\n");
    let said = changed("fewer_models", "voice = \"high\"", "voice = \"alto\"")?;
    assert!(said.starts_with("breaking\n  `encore` = true is allowed only if `voice` is alto\n"), "{said}");
    let said = changed("no_condition", "values = { true = { allowed_when = { voice = \"high\" } } }\n", "")?;
    assert!(said.starts_with("loosening\n  `encore` = true is allowed independently of other fields\n"), "{said}");
    Ok(())
}
