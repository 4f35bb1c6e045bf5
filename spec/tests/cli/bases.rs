//! Specs that build on other files.

use std::fs;

use cover_spec::SHIPPED;

use super::{DOCUMENT, Folder, Outcome};

/// A request to the service of another file.
const SIBLING: &str = r#"
base = "shared/service.toml"
use = ["VocalGender", "styleWeight"]
without = ["callback"]

[service]
name = "Lyrics"
id = "sunoapi.org/lyrics"

[request]
name = "LyricsRequest"
doc = "A request to write lyrics."

[fields.vocalGender]
optional = "always"

[fields.styleWeight]
optional = "always"

[submit]
path = "/api/v1/lyrics"
task = "data.taskId"
"#;

/// A file that has a base in another folder, and is not a whole spec.
const SERVICE: &str = r#"
parts = true
base = "../upload_cover.toml"

[poll]
every = ["1 s", "2 s"]

[service]
retention = "2 days"
"#;

#[test]
fn new_makes_the_folders_of_its_file() -> Outcome {
    let folder = Folder::new("new_folders")?;
    folder.said(0, &["new", "specs/suno/mine.toml"])?;
    assert_eq!(folder.said(0, &["check", "specs/suno/mine.toml"])?, "specs/suno/mine.toml: no faults\n");
    let printed = folder.said(0, &["new", "-"])?;
    assert_eq!(printed, fs::read_to_string(folder.0.join("specs/suno/mine.toml"))?);
    assert!(!folder.0.join("-").exists());
    Ok(())
}

#[test]
fn the_path_of_a_shipped_spec_is_that_spec_unless_there_is_a_file() -> Outcome {
    let folder = Folder::new("shipped")?;
    let path = "sunoapi/extend.toml";
    assert!(folder.said(0, &["check", path])?.starts_with("sunoapi/extend.toml: no faults ("));
    assert!(folder.said(0, &["export", path, "--to", "markdown"])?.starts_with("# ExtendRequest\n"));
    assert!(folder.said(0, &["diff", "upload_cover.toml", path, "--fail-on", "nothing"])?.contains("`audioId`"));
    fs::create_dir(folder.0.join("sunoapi"))?;
    folder.write(path, "no spec")?;
    assert!(folder.said(1, &["check", path])?.ends_with("sunoapi/extend.toml: 1 fault\n"));
    for command in ["check", "export"] {
        let to: &[&str] = if command == "export" { &["--to", "markdown"] } else { &[] };
        let output = folder.run(&[&[command, "sunoapi/extnd.toml"], to].concat())?;
        let said = String::from_utf8(output.stderr)?;
        assert!(said.ends_with("; did you mean the shipped spec `sunoapi/extend.toml`?\n"), "{said}");
    }
    Ok(())
}

#[test]
fn export_writes_several_specs_into_a_folder() -> Outcome {
    let folder = Folder::new("pages")?;
    let specs = ["sunoapi/wav.toml", "sunoapi/style.toml"];
    let to = |format, files: &[&'static str]| [&["export"], files, &["--to", format]].concat();
    let said = folder.said(0, &[&to("markdown", &specs)[..], &["--folder", "docs/pages"]].concat())?;
    assert_eq!(said, "wrote 2 files into docs/pages\n");
    let read = |name: &str| fs::read_to_string(folder.0.join("docs/pages").join(name));
    assert_eq!(read("wav.md")?, folder.said(0, &to("markdown", &specs[..1]))?);
    let index = read("README.md")?;
    let row = "| [style](style.md) | Descriptions of styles, written by sunoapi.org. | the result | 0.4 |\n";
    assert!(index.starts_with("# Operations\n\n| operation |") && index.ends_with(row), "{index}");
    folder.said(0, &[&to("openapi", &specs)[..], &["--folder", "docs/openapi"]].concat())?;
    assert!(folder.0.join("docs/openapi/style.json").exists() && !folder.0.join("docs/openapi/README.md").exists());

    let failed = |arguments: &[&str]| -> Result<String, Box<dyn std::error::Error>> {
        let output = folder.run(arguments)?;
        assert_eq!(output.status.code(), Some(2));
        Ok(String::from_utf8(output.stderr)?)
    };
    let said = failed(&to("markdown", &specs))?;
    assert_eq!(said, "error: several specs need a folder; add `--folder FOLDER`\n");
    let twice = [&to("markdown", &["sunoapi/wav.toml", "sunoapi/wav.toml"])[..], &["--folder", "docs"]].concat();
    let said = failed(&twice)?;
    assert_eq!(
        said,
        "error: sunoapi/wav.toml: another spec is written into `wav.md`, too; export them into two folders\n"
    );
    Ok(())
}

#[test]
fn an_error_of_the_system_names_its_path() -> Outcome {
    let folder = Folder::new("paths")?;
    folder.write("spec.toml", SHIPPED)?;
    fs::create_dir(folder.0.join("folder"))?;
    for (arguments, path) in [
        (&["check", "none.toml"][..], "none.toml"),
        (&["check", "folder"], "folder"),
        (&["diff", "spec.toml", "none.toml"], "none.toml"),
        (&["export", "none.toml", "--to", "openapi"], "none.toml"),
        (&["drift", "spec.toml", "--openapi", "none.json"], "none.json"),
        (&["drift", "none.toml", "--openapi", "spec.toml"], "none.toml"),
        (&["new", "spec.toml"], "spec.toml"),
        (&["new", "folder"], "folder"),
        (&["new", "spec.toml/inside.toml"], "spec.toml"),
    ] {
        let output = folder.run(arguments)?;
        let said = String::from_utf8(output.stderr)?;
        assert!(
            output.status.code() == Some(2) && said.starts_with(&format!("error: {path}: ")),
            "{arguments:?}: {said}"
        );
    }
    Ok(())
}

#[test]
fn a_base_is_found_relative_to_the_file_that_names_it() -> Outcome {
    let folder = Folder::new("base")?;
    fs::create_dir(folder.0.join("shared"))?;
    folder.write("upload_cover.toml", SHIPPED)?;
    folder.write("shared/service.toml", SERVICE)?;
    folder.write("lyrics.toml", SIBLING)?;
    let summary = "41 keys and 8 tables come from shared/service.toml and upload_cover.toml; --explain lists them";
    assert_eq!(folder.said(0, &["check", "lyrics.toml"])?, format!("lyrics.toml: no faults ({summary})\n"));
    let said = folder.said(0, &["diff", "upload_cover.toml", "lyrics.toml"])?;
    assert!(said.contains("the path of the POST is `/api/v1/lyrics`"), "{said}");
    Ok(())
}

#[test]
fn check_explains_what_is_inherited_and_what_is_dropped() -> Outcome {
    let folder = Folder::new("explain")?;
    fs::create_dir(folder.0.join("shared"))?;
    folder.write("upload_cover.toml", SHIPPED)?;
    folder.write("shared/service.toml", SERVICE)?;
    folder.write("lyrics.toml", SIBLING)?;
    let said = folder.said(0, &["check", "lyrics.toml", "--explain"])?;
    let (near, far) = said.split_once("  from upload_cover.toml:\n").ok_or("nothing of the far base")?;
    assert_eq!(
        near,
        "lyrics.toml: no faults\n  from shared/service.toml:\n    line 6: poll.every = [\"1 s\", \"2 s\"]\n    \
         line 9: service.retention = \"2 days\"\n"
    );
    for (text, line) in [
        ("path = \"/api/v1/generate/record-info\"", "poll.path = \"/api/v1/generate/record-info\"\n"),
        ("doc = \"Preferred voice of the singer.\"", "fields.vocalGender.doc = \"Preferred voice of the singer.\"\n"),
        (
            "echo = \"prompt\"",
            "results.tracks.fields.prompt.echo = \"prompt\" (dropped: this spec has no such field)\n",
        ),
    ] {
        let number = 1 + SHIPPED.lines().position(|line| line == text).ok_or("no such line")?;
        assert!(far.contains(&format!("    line {number}: {line}")), "{line} is not in {far}");
    }
    for other in ["poll.every", "retention", "service.name", "callback", "fields.prompt"] {
        assert!(!far.contains(&format!(": {other}")), "{other} is in {far}");
    }
    assert_eq!(folder.said(0, &["check", "upload_cover.toml", "--explain"])?, "upload_cover.toml: no faults\n");
    Ok(())
}

#[test]
fn check_explains_which_modes_are_not_searched_for_contradictions() -> Outcome {
    let folder = Folder::new("unsearched")?;
    let fields = |count: usize| -> String {
        let field = |index: usize| {
            let other = (index + 1) % count;
            format!(
                "[fields.f{index}]\ntype = \"boolean\"\ndoc = \"A field.\"\noptional = \"always\"\nforbidden_when = {{ f{other} = true }}\n"
            )
        };
        SHIPPED.to_owned() + &(0..count).map(field).collect::<String>()
    };
    folder.write("few.toml", &fields(5))?;
    assert_eq!(folder.said(0, &["check", "few.toml", "--explain"])?, "few.toml: no faults\n");
    folder.write("many.toml", &fields(10))?;
    let said = folder.said(0, &["check", "many.toml", "--explain"])?;
    let reason = "is not searched for contradictions: it has too many combinations of values\n";
    assert!(said.contains(&format!("\n  `NonCustom` {reason}")), "{said}");
    assert_eq!(said.matches(reason).count(), 3, "{said}");
    Ok(())
}

#[test]
fn a_file_of_parts_is_checked_and_cannot_be_used_alone() -> Outcome {
    let folder = Folder::new("parts")?;
    folder.write("api.yaml", DOCUMENT)?;
    folder.write("parts.toml", "parts = true\n[fields.size]\ntype = \"integer\"\nmin = 1\n")?;
    assert_eq!(folder.said(0, &["check", "parts.toml"])?, "parts.toml: no faults\n");
    for command in [
        &["export", "parts.toml", "--to", "json-schema"][..],
        &["diff", "parts.toml", "parts.toml"],
        &["drift", "parts.toml", "--openapi", "api.yaml"],
    ] {
        let output = folder.run(command)?;
        let said = String::from_utf8(output.stderr)?;
        let fault = "error: `parts.toml` is only a base for other specs, because it has `parts = true`";
        assert!(output.status.code() == Some(2) && said.starts_with(fault), "{command:?}: {said}");
    }
    Ok(())
}
