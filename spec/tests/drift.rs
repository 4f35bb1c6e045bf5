//! The differences between the objects of a spec and those of an OpenAPI document.

use cover_spec::Spec;
use serde_json::{Value, json};

fn spec(keys: &str) -> Spec {
    let text = format!(
        r#"
base = "cover-spec/upload_cover.toml"
without = ["callback", "upload"]
service = {{ name = "Some", id = "some" }}
request = {{ name = "SomeRequest", doc = "A request." }}
submit = {{ path = "/tasks", task = "id" }}

[fields.parts]
type = "object"
name = "Part"
optional = "always"
doc = "The parts."
{keys}

[fields.parts.fields.start]
type = "number"
required = true
min = 0
doc = "Its start."

[fields.parts.fields.kind]
type = "choice"
name = "Kind"
doc = "Its kind."
values = {{ verse = {{ doc = "A verse." }} }}
"#
    );
    Spec::parse("spec.toml", &text).unwrap_or_else(|faults| panic!("{faults}"))
}

/// Returns the differences to the spec's own document after a change of the schema of `parts`.
fn drifts(keys: &str, change: impl Fn(&mut Value)) -> Vec<String> {
    let spec = spec(keys);
    let mut document = spec.openapi();
    change(&mut document["components"]["schemas"]["SomeRequest"]["properties"]["parts"]);
    spec.drift(&document).expect("the path is there").iter().map(ToString::to_string).collect()
}

#[test]
fn the_members_of_an_object_are_compared_like_fields() {
    for (keys, path) in [("", ""), ("list = true", "/items")] {
        let with = |name: &str, value: Value| {
            drifts(keys, |parts| parts.pointer_mut(path).expect("the object")[name] = value.clone())
        };
        assert_eq!(drifts(keys, |_| ()), [""; 0]);
        let start = json!({ "type": "string", "maximum": 9 });
        let kind = json!({ "type": "string", "enum": ["chorus"] });
        assert_eq!(
            with("properties", json!({ "start": start, "kind": kind, "pace": {} })),
            [
                "`parts.start`: type string in the document",
                "`parts.start`: the spec has minimum 0, the document none",
                "`parts.start`: the document has maximum 9, the spec none",
                "`parts.kind`: the document lacks verse",
                "`parts.kind`: the document has chorus, which the spec lacks",
                "the document has `parts.pace`, which the spec lacks",
            ]
        );
        let only = json!({ "start": { "type": "number", "minimum": 0 } });
        assert_eq!(with("properties", only), ["`parts.kind` is not in the document"]);
        assert_eq!(
            with("required", json!(["kind"])),
            [
                "the spec always requires `parts.start`, which the document does not",
                "the document requires `parts.kind`, which the spec does not always",
            ]
        );
        assert_eq!(with("properties", json!({})), ["`parts`: the document lists no members"]);
        assert_eq!(with("type", json!("string")), ["`parts`: type string in the document"]);
    }
}

#[test]
fn the_schema_of_an_object_may_be_a_reference() {
    let spec = spec("list = true");
    let mut document = spec.openapi();
    let items = document["components"]["schemas"]["SomeRequest"]["properties"]["parts"]["items"].take();
    document["components"]["schemas"]["Piece"] = json!({ "allOf": [items] });
    document["components"]["schemas"]["SomeRequest"]["properties"]["parts"]["items"] =
        json!({ "$ref": "#/components/schemas/Piece" });
    assert_eq!(spec.drift(&document).expect("the path is there"), []);
}
