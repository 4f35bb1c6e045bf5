//! Cancels in documents and in diffs.

use cover_spec::Spec;
use cover_spec::diff::{Changes, Effect};
use serde_json::{Value, json};

const SPEC: &str = "
base = \"cover-spec/upload_cover.toml\"
without = [\"callback\"]
service = { name = \"Some\", id = \"some\" }
request = { name = \"SomeRequest\", doc = \"A request.\" }
submit = { path = \"/voices\", task = \"id\" }
fields.text = { type = \"string\", doc = \"The text.\", required = \"always\" }
";

/// Returns a spec whose `[cancel]` has these keys, or none.
fn cancelling(keys: &str) -> Spec {
    let cancel = if keys.is_empty() { String::new() } else { format!("cancel = {{ {keys} }}\n") };
    Spec::parse("spec.toml", &format!("{SPEC}{cancel}")).unwrap_or_else(|faults| panic!("{faults}"))
}

const BY_BODY: &str = "path = \"/voices/cancel\", body = \"data.id\"";
const BY_PATH: &str = "path = \"/voices/{task}\", method = \"DELETE\"";
const BY_QUERY: &str = "path = \"/cancel\", query = \"id\"";

#[test]
fn openapi_has_the_request_that_cancels_a_task() {
    let by_body = cancelling(BY_BODY).openapi()["paths"]["/voices/cancel"]["post"].take();
    let schema = &by_body["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(schema["properties"]["data"]["properties"]["id"]["type"], "string");
    assert_eq!((&by_body["operationId"], by_body.get("parameters")), (&json!("cancelSomeRequest"), None));
    for (keys, path, method, parameter) in
        [(BY_PATH, "/voices/{task}", "delete", ["task", "path"]), (BY_QUERY, "/cancel", "post", ["id", "query"])]
    {
        let cancel = cancelling(keys).openapi()["paths"][path][method].take();
        let [name, place] = ["name", "in"].map(|key| cancel["parameters"][0][key].clone());
        assert_eq!([name, place], parameter.map(Value::from), "{keys}");
        assert_eq!(cancel.get("requestBody"), None, "{keys}");
    }
}

#[test]
fn markdown_tells_how_a_task_is_cancelled() {
    for (keys, text) in [
        (BY_BODY, "## Cancelling a task\n\n`POST /voices/cancel`\n\n- the task's id: in the JSON body at `data.id`\n"),
        (BY_PATH, "## Cancelling a task\n\n`DELETE /voices/{task}`\n"),
        (BY_QUERY, "## Cancelling a task\n\n`POST /cancel?id=…`\n"),
    ] {
        let page = cancelling(keys).markdown();
        assert!(page.contains(text), "{page}");
    }
    assert!(!cancelling("").markdown().contains("Cancelling"));
}

#[test]
fn diff_names_what_changes_in_a_cancel_and_its_removal_breaks_callers() {
    let said = |old: &str, new: &str| {
        let changes = Changes::between(&cancelling(old), &cancelling(new));
        changes.iter().map(|change| (change.effect(), change.text().to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(said(BY_BODY, ""), [(Effect::Breaking, "tasks cannot be cancelled any more".to_owned())]);
    assert_eq!(said("", BY_BODY), [(Effect::Loosening, "tasks can be cancelled".to_owned())]);
    let changed = [
        "`cancel.method`: DELETE instead of POST",
        "`cancel.path`: \"/voices/{task}\" instead of \"/voices/cancel\"",
        "`cancel.body` is left out; it was \"data.id\"",
    ];
    assert_eq!(said(BY_BODY, BY_PATH), changed.map(|text| (Effect::Neutral, text.to_owned())));
}
