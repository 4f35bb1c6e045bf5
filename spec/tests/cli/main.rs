//! The command `cover-spec`, as a shell would call it.

mod bases;
mod cancels;
mod direct;
mod failures;
mod modes_and_values;
mod trial;

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use cover_spec::SHIPPED;
use serde_json::Value;

type Outcome = Result<(), Box<dyn Error>>;

/// A folder of files for one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> std::io::Result<Self> {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    fn write(&self, name: &str, text: &str) -> std::io::Result<()> {
        fs::write(self.0.join(name), text)
    }

    fn run(&self, arguments: &[&str]) -> std::io::Result<Output> {
        Command::new(env!("CARGO_BIN_EXE_cover-spec")).args(arguments).current_dir(&self.0).output()
    }

    /// Standard output, of a run that must end with this status.
    fn said(&self, status: i32, arguments: &[&str]) -> Result<String, Box<dyn Error>> {
        let output = self.run(arguments)?;
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Standard output of a run with this standard input.
    fn piped(&self, status: i32, arguments: &[&str], input: &str) -> Result<String, Box<dyn Error>> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cover-spec"));
        command.args(arguments).current_dir(&self.0);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        child.stdin.take().ok_or("no standard input")?.write_all(input.as_bytes())?;
        let output = child.wait_with_output()?;
        assert_eq!(output.status.code(), Some(status), "{arguments:?}");
        Ok(String::from_utf8(output.stdout)?)
    }
}

#[test]
fn check_reports_every_fault_with_its_place_and_what_to_do() -> Outcome {
    let folder = Folder::new("check")?;
    folder.write("good.toml", SHIPPED)?;
    folder.write("bad.toml", &SHIPPED.replacen("min = 0\n", "mim = 0\n", 1))?;
    assert_eq!(folder.said(0, &["check", "good.toml"])?, "good.toml: no faults\n");
    let said = folder.said(1, &["check", "good.toml", "bad.toml"])?;
    for part in
        ["error: unknown key `mim` in `styleWeight`", "--> bad.toml:", "^^^ did you mean `min`?", "bad.toml: 1 fault\n"]
    {
        assert!(said.contains(part), "{part}\nis not in\n{said}");
    }
    assert!(!said.contains('\u{1b}'), "no colours where nobody looks");
    Ok(())
}

#[test]
fn check_prints_json() -> Outcome {
    let folder = Folder::new("check_json")?;
    folder.write("good.toml", SHIPPED)?;
    folder.write("bad.toml", "[service]\nname = \"A\"\nodd = 1\n")?;
    assert_eq!(folder.said(0, &["check", "good.toml", "--format", "json"])?, "[]\n");
    let text = folder.said(1, &["check", "bad.toml", "--format", "json"])?;
    assert!(text.ends_with("]\n"), "{text}");
    let said: Value = serde_json::from_str(&text)?;
    let odd = said.as_array().ok_or("no list")?.iter().find(|fault| fault["line"] == 3).ok_or("no fault in line 3")?;
    assert_eq!(odd["message"], "unknown key `odd` in `service`");
    assert_eq!((&odd["file"], &odd["column"]), (&"bad.toml".into(), &1.into()));
    assert_eq!(odd["severity"], "error");
    Ok(())
}

#[test]
fn diff_shows_the_effect_of_changes_on_callers() -> Outcome {
    let folder = Folder::new("diff")?;
    folder.write("old.toml", SHIPPED)?;
    folder.write("new.toml", &SHIPPED.replace("max_length = 100 }", "max_length = 80 }"))?;
    let said = folder.said(0, &["diff", "old.toml", "new.toml"])?;
    assert_eq!(
        said,
        "breaking\n  `title` with V4_5, V4_5PLUS, V5: at most 80 characters instead of 100: requests that built before may \
         now be refused\n1 breaking, 0 loosening, 0 neutral: the next version is a major one\n"
    );
    assert_eq!(folder.said(0, &["diff", "old.toml", "old.toml"])?, "nothing changed\n");
    Ok(())
}

#[test]
fn diff_fails_on_the_changes_that_the_caller_names() -> Outcome {
    let folder = Folder::new("fail_on")?;
    folder.write("old.toml", SHIPPED)?;
    folder.write("same.toml", SHIPPED)?;
    folder.write("breaking.toml", &SHIPPED.replace("max_length = 100 }", "max_length = 80 }"))?;
    folder.write("loosening.toml", &SHIPPED.replace("max_length = 100 }", "max_length = 120 }"))?;
    folder.write("neutral.toml", &SHIPPED.replace("data.task_id", "data.taskId"))?;
    for (new, on_breaking, on_any) in
        [("same.toml", 0, 0), ("neutral.toml", 0, 1), ("loosening.toml", 0, 1), ("breaking.toml", 1, 1)]
    {
        let said = folder.said(0, &["diff", "old.toml", new])?;
        for (fail_on, status) in [("nothing", 0), ("breaking", on_breaking), ("any", on_any)] {
            assert_eq!(folder.said(status, &["diff", "old.toml", new, "--fail-on", fail_on])?, said, "{new} {fail_on}");
        }
    }
    let help = folder.said(0, &["--help"])?;
    // It is wrapped where another crate of the build enables that.
    let words = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("`diff` a change that `--fail-on` names"), "{help}");
    Ok(())
}

#[test]
fn a_dash_is_standard_input() -> Outcome {
    let folder = Folder::new("dash")?;
    folder.write("spec.toml", SHIPPED)?;
    folder.write("base.toml", SHIPPED)?;
    let bad = SHIPPED.replacen("min = 0\n", "mim = 0\n", 1);
    assert_eq!(folder.piped(0, &["check", "-"], SHIPPED)?, "<stdin>: no faults\n");
    let said = folder.piped(1, &["check", "-", "spec.toml"], &bad)?;
    assert!(said.contains("--> <stdin>:") && said.ends_with("<stdin>: 1 fault\nspec.toml: no faults\n"), "{said}");
    let json: Value = serde_json::from_str(&folder.piped(1, &["check", "-", "--format", "json"], &bad)?)?;
    assert_eq!(json[0]["file"], "<stdin>");
    let builds_on = "base = \"base.toml\"\n";
    assert!(!folder.piped(1, &["check", "-"], builds_on)?.contains("cannot read"), "found in the current folder");
    assert!(folder.piped(0, &["export", "-", "--to", "markdown"], SHIPPED)?.contains("| `customMode` |"));
    assert_eq!(folder.piped(0, &["diff", "spec.toml", "-"], SHIPPED)?, "nothing changed\n");
    let said = folder.piped(1, &["drift", "spec.toml", "--openapi", "-"], DOCUMENT)?;
    assert!(said.ends_with("differences between spec.toml and <stdin>\n"), "{said}");
    let twice = String::from_utf8(folder.run(&["diff", "-", "-"])?.stderr)?;
    assert_eq!(twice, "error: standard input can be only one of the files\n");
    Ok(())
}

#[test]
fn diff_shows_changes_of_callbacks_and_polls() -> Outcome {
    let folder = Folder::new("callbacks")?;
    let signature = |encoding: &str| {
        let keys = format!("header = \"X-Signature\"\nsigns = \"{{body}}\"\nencoding = \"{encoding}\"");
        format!("[callback.signature]\n{keys}\n\n[callback.stages]")
    };
    let signed = |encoding: &str| SHIPPED.replace("[callback.stages]", &signature(encoding));
    let without = SHIPPED.split("# The service POSTs").next().unwrap_or_default();
    for (old, new, change) in [
        (SHIPPED, &*signed("hex"), "breaking\n  callbacks are signed: clients need the key"),
        (&signed("hex"), SHIPPED, "neutral\n  callbacks are not signed any more"),
        (&signed("hex"), &signed("base64"), "neutral\n  the signature of callbacks changes"),
        (
            SHIPPED,
            &SHIPPED.replace("data.task_id", "data.taskId"),
            "neutral\n  `callback.task`: \"data.taskId\" instead of \"data.task_id\"",
        ),
        (
            SHIPPED,
            &SHIPPED.replace("request = \"data.param\"", ""),
            "neutral\n  answers to polls do not repeat the request any more",
        ),
        (
            SHIPPED,
            &SHIPPED.replace("data.param", "data.input"),
            "neutral\n  answers to polls repeat the request at `data.input`",
        ),
        (
            SHIPPED,
            &SHIPPED.replace("task = \"data.taskId\"\nerror_code", "error_code"),
            "neutral\n  answers to polls do not repeat the task's id any more",
        ),
        (
            SHIPPED,
            &SHIPPED.replace("[\"data.response.sunoData\", \"data.data\"]", "\"data.data\""),
            "neutral\n  the result `tracks` is read at `data.data` instead of `data.response.sunoData`, else `data.data`",
        ),
        (SHIPPED, without, "breaking\n  callbacks are removed"),
        (without, SHIPPED, "loosening\n  callbacks are new"),
    ] {
        folder.write("old.toml", old)?;
        folder.write("new.toml", new)?;
        let said = folder.said(0, &["diff", "old.toml", "new.toml"])?;
        assert!(said.starts_with(&format!("{change}\n1 ")) || said.starts_with(&format!("{change}\n0 ")), "{said}");
    }
    Ok(())
}

#[test]
fn another_order_or_wording_is_not_a_change() -> Outcome {
    let folder = Folder::new("reworded")?;
    let (before, fields) = SHIPPED.split_once("[fields.style]").ok_or("no style")?;
    let (style, title_and_rest) = fields.split_once("[fields.title]").ok_or("no title")?;
    let (title, rest) = title_and_rest.split_once("[fields.negativeTags]").ok_or("no tags")?;
    let moved = format!("{before}[fields.title]{title}[fields.style]{style}[fields.negativeTags]{rest}");
    let moved =
        moved.replace("Title of the cover.", "What it is called.").replace("\"V3_5\", \"V4\"]", "\"V4\", \"V3_5\"]");
    assert_ne!(moved, SHIPPED);
    folder.write("old.toml", SHIPPED)?;
    folder.write("new.toml", &moved)?;
    assert_eq!(folder.said(0, &["diff", "old.toml", "new.toml"])?, "nothing changed\n");
    Ok(())
}

#[test]
fn export_prints_three_formats() -> Outcome {
    let folder = Folder::new("export")?;
    folder.write("spec.toml", SHIPPED)?;
    let schema: Value = serde_json::from_str(&folder.said(0, &["export", "spec.toml", "--to", "json-schema"])?)?;
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let document: Value = serde_json::from_str(&folder.said(0, &["export", "spec.toml", "--to", "openapi"])?)?;
    assert_eq!(document["openapi"], "3.1.0");
    let poll = &document["paths"]["/api/v1/generate/record-info"]["get"]["responses"]["200"];
    let data = &poll["content"]["application/json"]["schema"]["properties"]["data"]["properties"];
    let track = "#/components/schemas/Track";
    assert_eq!(data["response"]["properties"]["sunoData"]["items"]["$ref"], track);
    assert_eq!((&data["data"]["items"]["$ref"], &data["taskId"]["type"]), (&track.into(), &"string".into()));
    let page = folder.said(0, &["export", "spec.toml", "--to", "markdown"])?;
    assert!(page.contains("- `tracks`: list of object, at `data.response.sunoData`, else `data.data`. "), "{page}");
    assert!(page.contains("- the task's id: repeated at `data.taskId`\n"), "{page}");
    assert!(page.contains("| `customMode` | boolean | `true` | `true` | `false` |"), "{page}");
    Ok(())
}

/// What real documents get wrong: a limit as a text, a body behind references, `exclusiveMinimum: true`, no types.
const DOCUMENT: &str = r"
openapi: 3.0.1
paths:
  /api/v1/generate/upload-cover:
    post:
      requestBody:
        content:
          application/json:
            schema: { $ref: '#/components/schemas/Body' }
components:
  schemas:
    Body:
      allOf:
        - type: object
          required: [uploadUrl, customMode, instrumental, callBackUrl, model, title]
          properties:
            uploadUrl: { type: string, format: uri }
            customMode: { type: boolean }
            instrumental: { type: boolean }
            callBackUrl: { type: string }
            model: { type: string, enum: [V4, V4_5, V4_5PLUS, V4_5ALL, V5] }
            prompt: { description: no type }
            style: { type: string, maxLength: '900' }
        - properties:
            title: { type: string, maxLength: 100 }
            negativeTags: { type: string }
            vocalGender: { type: string, enum: [m, f] }
            styleWeight: { type: number, minimum: 0, exclusiveMinimum: true, maximum: 1, multipleOf: 0.01 }
            weirdnessConstraint: { type: number, minimum: 0, maximum: 1, multipleOf: 0.01 }
            personaId: { type: string }
";

#[test]
fn drift_shows_the_differences_from_the_services_document() -> Outcome {
    let folder = Folder::new("drift")?;
    folder.write("spec.toml", SHIPPED)?;
    folder.write("api.yaml", DOCUMENT)?;
    let said = folder.said(1, &["drift", "spec.toml", "--openapi", "api.yaml"])?;
    assert_eq!(
        said.lines().collect::<Vec<_>>(),
        [
            "`model`: the document lacks V3_5",
            "`model`: the document has V4_5ALL, which the spec lacks",
            "`prompt`: the spec has maxLength 5000, the document none",
            "`style`: maxLength is 900 in the document and 1000 at its loosest in the spec",
            "the document requires `title`, which the spec does not always",
            "`audioWeight` is not in the document",
            "the document has `personaId`, which the spec lacks",
            "7 differences between spec.toml and api.yaml",
        ]
    );
    Ok(())
}

#[test]
fn a_document_that_cannot_be_compared_is_an_error_with_a_reason() -> Outcome {
    let folder = Folder::new("documents")?;
    folder.write("spec.toml", SHIPPED)?;
    for (document, why) in [
        ("openapi: 3.1.0\npaths: { /other: { post: {} } }", "no POST of `/api/v1/generate/upload-cover`"),
        ("{\"openapi\":", "EOF while parsing"),
        ("a: [", "api"),
        ("a: &a [*a, *a]", "api"),
    ] {
        folder.write("api", document)?;
        let output = folder.run(&["drift", "spec.toml", "--openapi", "api"])?;
        let said = String::from_utf8(output.stderr)?;
        assert!(output.status.code() == Some(2) && said.contains(why), "{document}: {said}");
    }
    Ok(())
}

#[test]
fn a_new_spec_has_no_faults_and_nothing_is_overwritten() -> Outcome {
    let folder = Folder::new("new")?;
    folder.said(0, &["new", "mine.toml"])?;
    assert_eq!(folder.said(0, &["check", "mine.toml"])?, "mine.toml: no faults\n");
    let output = folder.run(&["new", "mine.toml"])?;
    assert_eq!(output.status.code(), Some(2));
    Ok(())
}

#[test]
fn a_failed_command_has_exit_status_2() -> Outcome {
    let folder = Folder::new("missing")?;
    for arguments in [&["check", "none.toml"][..], &["diff", "none.toml", "none.toml"], &["check"], &["fly"]] {
        assert_eq!(folder.run(arguments)?.status.code(), Some(2), "{arguments:?}");
    }
    folder.write("bad.toml", "[service]")?;
    let output = folder.run(&["export", "bad.toml", "--to", "openapi"])?;
    let said = String::from_utf8(output.stderr)?;
    assert!(output.status.code() == Some(2) && said.contains("error: `request` is missing in the spec"), "{said}");
    Ok(())
}
