//! `cover-spec try` for an operation that answers at once.

use super::{Folder, Outcome};

const SPEC: &str = r#"
base = "cover-spec/upload_cover.toml"
without = ["poll", "statuses", "callback"]
service = { name = "Lyrics", id = "lyrics" }
request = { name = "LyricsRequest", doc = "A request." }
submit = { path = "/lyrics" }
fields.about = { type = "string", doc = "The subject.", required = "always" }
results.title = { type = "string", doc = "The title.", at = "data.title" }
results.lines = { type = "object", list = true, name = "Line", doc = "The lines.", at = "data.lines", optional = true, fields = { \
text = { type = "string", doc = "The words." } } }
"#;

/// Returns what is said of an answer, which must end with this exit status.
fn tried(name: &str, status: i32, answer: &str) -> Result<String, Box<dyn std::error::Error>> {
    let folder = Folder::new(name)?;
    folder.write("spec.toml", &SPEC.replace("\\\n", ""))?;
    folder.write("answer.json", answer)?;
    folder.said(status, &["try", "spec.toml", "answer.json"])
}

#[test]
fn the_results_are_in_the_answer_to_the_post() -> Outcome {
    let answer = r#"{"code":200,"msg":"ok","data":{"title":"Night","lines":[{"text":"La"},{"text":""}]}}"#;
    assert_eq!(
        tried("try_at_once", 0, answer)?,
        r#"read as the answer to the POST, since the operation answers at once
code: 200, success: Success.
message: "ok"
outcome: the operation has answered
title: 1, at `data.title`
  "Night"
lines: 1, at `data.lines`
  item 1
    text: "La"
nothing at these places:
  1 of 2 items of `lines[]`
everything was understood
"#
    );
    Ok(())
}

#[test]
fn an_answer_without_its_results_is_not_understood() -> Outcome {
    for (answer, lines) in [
        (
            r#"{"code":200,"data":{"titel":"Night"}}"#,
            &[
                "outcome: the operation has answered, but its output is not complete",
                "`title` at `data.title`: `data` has no `title`; did you mean `titel`?",
                "the output is not complete: `data.title` is missing",
            ][..],
        ),
        (
            r#"{"code":200,"data":{"title":7,"lines":[{"words":"La"}]}}"#,
            &[
                "outcome: the operation has answered, but its output is not complete",
                "the output is not complete: `data.title` is a number instead of a text",
                "no field of `lines[]` reads \"words\"",
            ],
        ),
    ] {
        let said = tried("try_at_once_without", 1, answer)?;
        for line in lines {
            assert!(said.contains(line), "{line} is not in\n{said}");
        }
    }
    let refused = tried("try_at_once_refused", 0, r#"{"code":413}"#)?;
    assert!(refused.contains("outcome: no task was created"), "{refused}");
    assert!(!refused.contains("data.title"), "a refusal has no results: {refused}");
    Ok(())
}
