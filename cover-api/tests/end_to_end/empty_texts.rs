//! Empty texts that a service takes as absent.

use cover_api::sandbox::Sandbox;
use cover_testkit::{Outcome, Result};
use serde_json::{Value, json};

use crate::common::{fast_sandbox, in_process};

/// A spec with optional fields, one of which needs the other to be absent.
fn spec(empty: &str) -> String {
    let mix = include_str!("../specs/mix.toml").replacen("[submit]\n", &format!("[submit]\n{empty}\n"), 1);
    mix + r#"
[fields.mood]
type = "string"
doc = "What it feels like."
optional = "always"

[fields.style]
type = "string"
doc = "What it sounds like."
optional = "always"
forbidden_when = { mood = { given = true } }
"#
}

async fn submit(sandbox: &Sandbox, mut fields: Value) -> Result<Value> {
    fields["callBackUrl"] = json!("https://a.example/c");
    in_process(sandbox, "POST /api/v1/mix", &fields.to_string()).await
}

const SONG: &str = "https://a.example/a.mp3";

#[tokio::test]
async fn an_empty_text_is_absent_if_the_spec_says_so() -> Outcome {
    let sandbox = fast_sandbox().spec(spec("empty = \"absent\"")).start().await?;
    let answer = submit(&sandbox, json!({ "uploadUrl": SONG, "mood": "", "style": "jazz" })).await?;
    assert_eq!(answer["code"], 200, "{answer}");
    assert_eq!(
        sandbox.created()[0].request,
        json!({ "uploadUrl": SONG, "style": "jazz", "callBackUrl": "https://a.example/c" })
    );
    let required = submit(&sandbox, json!({ "uploadUrl": "", "style": "jazz" })).await?;
    assert_eq!((&required["code"], &required["msg"]), (&json!(400), &json!("uploadUrl: missing, required")));
    // A blank is not empty.
    assert_eq!(submit(&sandbox, json!({ "uploadUrl": SONG, "mood": " ", "style": "jazz" })).await?["code"], 400);
    Ok(())
}

#[tokio::test]
async fn an_empty_text_breaks_a_rule_otherwise() -> Outcome {
    let sandbox = fast_sandbox().spec(spec("")).start().await?;
    let answer = submit(&sandbox, json!({ "uploadUrl": SONG, "mood": "" })).await?;
    assert_eq!((&answer["code"], sandbox.tasks()), (&json!(400), 0));
    Ok(())
}
