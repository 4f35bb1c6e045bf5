//! Patterns and choices of whole numbers in documents: JSON Schema, Markdown, and differences from others.

use cover_spec::diff::{Changes, Effect};
use cover_spec::{SHIPPED_BASE, Spec};
use serde_json::{Value, json};

const SECONDS: &str = "type = \"choice\"\nof = \"integer\"\nname = \"Seconds\"\n\
                       values = { 5 = { name = \"Five\", doc = \"Short.\" }, 10 = { name = \"Ten\", doc = \"Long.\" } }";
const CODE: &str = "type = \"string\"\npattern = '^[A-Z]{2}-[0-9]+$'";

/// Returns a spec whose only field has these keys.
fn spec(keys: &str) -> Spec {
    let text = format!(
        "base = \"{SHIPPED_BASE}\"\nwithout = [\"callback\"]\n[service]\nname = \"Some\"\nid = \"some\"\n[request]\nname = \"SomeRequest\"\ndoc = \"A request.\"\n\
         [submit]\npath = \"/tasks\"\ntask = \"id\"\n\
         [fields.it]\noptional = \"always\"\ndoc = \"The field.\"\n{keys}\n"
    );
    Spec::parse("spec.toml", &text).unwrap_or_else(|faults| panic!("{faults}"))
}

fn property(keys: &str) -> Value {
    spec(keys).json_schema()["properties"]["it"].take()
}

#[test]
fn the_schema_has_the_pattern_of_a_text_and_of_the_items_of_a_list() {
    assert_eq!(property(CODE)["pattern"], "^[A-Z]{2}-[0-9]+$");
    let list = property(&format!("{CODE}\nlist = true"));
    assert_eq!((&list["items"]["pattern"], list.get("pattern")), (&json!("^[A-Z]{2}-[0-9]+$"), None));
}

#[test]
fn the_schema_lists_the_numbers_of_a_choice() {
    let seconds = property(SECONDS);
    assert_eq!((&seconds["type"], &seconds["enum"]), (&json!("integer"), &json!([5, 10])));
    assert_eq!(property(&format!("{SECONDS}\nnullable = true"))["enum"], json!([5, 10, null]));
    assert_eq!(property(&format!("{SECONDS}\ndefault = 10"))["default"], 10);
}

#[test]
fn documents_show_the_suggested_value() {
    assert_eq!(property(&format!("{SECONDS}\nsuggested = 10"))["examples"], json!([10]));
    let list = property("type = \"string\"\nlist = true\nsuggested = \"a\"");
    assert_eq!(list["examples"], json!([["a"]]));
    assert!(spec(&format!("{SECONDS}\nsuggested = 10")).markdown().contains("- suggested: `10`\n"));
}

#[test]
fn diff_tells_the_suggested_value() {
    let texts = |old: &str, new: &str| {
        let changes = Changes::between(&spec(old), &spec(new));
        assert!(changes.iter().all(|change| change.effect() == Effect::Neutral));
        changes.iter().map(|change| change.text().to_owned()).collect::<Vec<_>>()
    };
    let with = |value: &str| format!("{SECONDS}\nsuggested = {value}");
    assert_eq!(texts(SECONDS, &with("10")), ["`it`: the suggested value is 10"]);
    assert_eq!(texts(&with("10"), &with("5")), ["`it`: the suggested value is 5"]);
    assert_eq!(texts(&with("5"), SECONDS), ["`it`: the suggested value is removed"]);
    assert_eq!(texts(&with("5"), &with("5")), [""; 0]);
}

#[test]
fn markdown_tells_patterns_and_the_numbers_of_a_choice() {
    assert!(spec(CODE).markdown().contains("- must match `^[A-Z]{2}-[0-9]+$`\n"));
    assert!(spec(&format!("{CODE}\nlist = true")).markdown().contains("- each item must match `^[A-Z]{2}-[0-9]+$`\n"));
    assert!(spec("type = \"string\"\npattern = '`'").markdown().contains("- must match ``` ` ```\n"));
    assert!(spec(SECONDS).markdown().contains("- `5`: Short.\n- `10`: Long.\n"));
}

/// Returns the differences from a document whose field has this schema.
fn drift(keys: &str, property: &Value) -> Vec<String> {
    let spec = spec(keys);
    let mut document = spec.openapi();
    document["components"]["schemas"]["SomeRequest"]["properties"]["it"] = property.clone();
    spec.drift(&document).expect("the path is there").iter().map(ToString::to_string).collect()
}

#[test]
fn drift_compares_patterns_as_texts() {
    assert_eq!(drift(CODE, &property(CODE)), [""; 0]);
    assert_eq!(
        drift(CODE, &json!({ "type": "string", "pattern": "^[A-Z]{3}$" })),
        ["`it`: the pattern is `^[A-Z]{3}$` in the document and `^[A-Z]{2}-[0-9]+$` in the spec"]
    );
    assert_eq!(
        drift(CODE, &json!({ "type": "string" })),
        ["`it`: the spec has the pattern `^[A-Z]{2}-[0-9]+$`, the document none"]
    );
    assert_eq!(
        drift("type = \"string\"", &json!({ "type": "string", "pattern": "a" })),
        ["`it`: the document has the pattern `a`, the spec none"]
    );
    assert_eq!(drift("type = \"url\"", &property("type = \"url\"")), [""; 0], "the pattern of every address");
}

#[test]
fn drift_compares_the_numbers_of_a_choice() {
    assert_eq!(drift(SECONDS, &property(SECONDS)), [""; 0]);
    assert_eq!(drift(SECONDS, &json!({ "type": "number", "enum": [10.0, 5] })), [""; 0]);
    assert_eq!(
        drift(SECONDS, &json!({ "type": "integer", "enum": [5, 15] })),
        ["`it`: the document lacks 10", "`it`: the document has 15, which the spec lacks"]
    );
    assert_eq!(
        drift(SECONDS, &json!({ "type": "string", "enum": ["5", "10"] })),
        ["`it`: type string in the document", "`it`: the document lacks 5", "`it`: the document lacks 10"]
    );
}

fn changes(old: &str, new: &str) -> Vec<(Effect, String)> {
    let changes = Changes::between(&spec(old), &spec(new));
    changes.iter().map(|change| (change.effect(), change.text().to_owned())).collect()
}

#[test]
fn a_new_pattern_is_breaking_and_one_that_is_removed_is_loosening() {
    let breaking = "`it` must match `^[A-Z]{2}-[0-9]+$`: requests that built before may now be refused";
    for old in ["type = \"string\"", "type = \"string\"\npattern = '^[A-Z]'"] {
        assert_eq!(changes(old, CODE), [(Effect::Breaking, breaking.to_owned())], "{old}");
    }
    let loosening = (Effect::Loosening, "`it` need no longer match `^[A-Z]{2}-[0-9]+$`".to_owned());
    assert_eq!(changes(CODE, "type = \"string\""), [loosening]);
    assert_eq!(changes(CODE, CODE), []);
}

#[test]
fn diff_compares_the_numbers_of_a_choice() {
    let fewer = SECONDS.replace(", 10 = { name = \"Ten\", doc = \"Long.\" }", "");
    assert_eq!(changes(SECONDS, &fewer), [(Effect::Breaking, "`it` no longer allows 10".to_owned())]);
    assert_eq!(changes(&fewer, SECONDS), [(Effect::Loosening, "`it` allows 10".to_owned())]);
    let texts = SECONDS.replace("of = \"integer\"\n", "");
    let other = "`it` is one of several values, each a whole number instead of one of several values, each a text";
    assert_eq!(changes(&texts, SECONDS), [(Effect::Breaking, other.to_owned())]);
    let any = "`it` is a whole number instead of one of several values, each a whole number";
    assert_eq!(changes(SECONDS, "type = \"integer\""), [(Effect::Breaking, any.to_owned())]);
}

/// A request whose fields are in the path, in the query and in parts of the body.
const PLACED: &str = "
base = \"cover-spec/upload_cover.toml\"
without = [\"callback\"]
service = { name = \"Some\", id = \"some\", auth = { basic = \"{key}:\" }, headers = { X-Version = \"3\" } }
request = { name = \"SomeRequest\", doc = \"A request.\" }
submit = { method = \"PUT\", body = \"multipart\", path = \"/voices/{voice}\", task = \"id\" }
fields.voice = { type = \"string\", in = \"path\", doc = \"The voice.\", required = \"always\" }
fields.speed = { type = \"number\", in = \"query\", doc = \"The speed.\", optional = \"always\" }
fields.text = { type = \"string\", doc = \"The text.\", required = \"always\" }
";

#[test]
fn openapi_has_parameters_headers_and_the_format_of_the_body() {
    let document = Spec::parse("spec.toml", PLACED).unwrap_or_else(|faults| panic!("{faults}")).openapi();
    let put = &document["paths"]["/voices/{voice}"]["put"];
    let parameters: Vec<_> = put["parameters"].as_array().expect("a list").iter().collect();
    let shown = |it: &&Value| json!([it["name"], it["in"], it["required"]]);
    assert_eq!(
        parameters.iter().map(shown).collect::<Vec<_>>(),
        [json!(["voice", "path", true]), json!(["speed", "query", false]), json!(["X-Version", "header", true])]
    );
    assert_eq!((&parameters[1]["schema"]["type"], &parameters[2]["schema"]["const"]), (&json!("number"), &json!("3")));
    let body = &put["requestBody"]["content"]["multipart/form-data"]["schema"];
    assert_eq!(
        (&body["required"], body["properties"].as_object().map(serde_json::Map::len)),
        (&json!(["text"]), Some(1))
    );
    assert_eq!(document["components"]["securitySchemes"]["key"], json!({ "type": "http", "scheme": "basic" }));
    let whole = &document["components"]["schemas"]["SomeRequest"]["required"];
    assert_eq!(whole, &json!(["voice", "text"]), "the schema is that of the whole request");
}

#[test]
fn markdown_tells_the_method_the_headers_and_where_fields_are_sent() {
    let page = Spec::parse("spec.toml", PLACED).unwrap_or_else(|faults| panic!("{faults}")).markdown();
    for part in [
        "`PUT https://api.sunoapi.org/voices/{voice}`\n",
        "\n- HTTP basic authentication with `{key}:`\n- header `X-Version: 3`\n- body: `multipart/form-data`\n",
        "| `voice` | string, in the path | required |\n",
        "| `speed` | number, in the query | optional |\n",
    ] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
}

#[test]
fn diff_names_headers_places_of_fields_and_the_format_of_the_body() {
    let spec = |text: &str| Spec::parse("spec.toml", text).unwrap_or_else(|faults| panic!("{faults}"));
    let edits = [
        ("X-Version = \"3\"", "X-Version = \"4\""),
        ("{key}:", "api:{key}"),
        (", in = \"query\"", ""),
        (", body = \"multipart\"", ""),
    ];
    let new = edits.iter().fold(PLACED.to_owned(), |text, (from, to)| text.replace(from, to));
    let changes = Changes::between(&spec(PLACED), &spec(&new));
    assert!(changes.iter().all(|change| change.effect() == Effect::Neutral), "{changes}");
    let mut texts: Vec<&str> = changes.iter().map(cover_spec::diff::Change::text).collect();
    texts.sort_unstable();
    assert_eq!(
        texts,
        [
            "`fields.speed.in` is left out; it was query",
            "`service.auth.basic`: \"api:{key}\" instead of \"{key}:\"",
            "`service.headers.X-Version`: \"4\" instead of \"3\"",
            "`submit.body` is left out; it was multipart",
        ]
    );
}

const PART: &str = "type = \"object\"\nname = \"Part\"\n\
                    fields = { start = { type = \"number\", doc = \"Its start.\", required = true, min = 0 }, \
                    kind = { type = \"choice\", name = \"Kind\", doc = \"Its kind.\", values = { verse = { doc = \"A verse.\" } } } }";

#[test]
fn the_schema_of_an_object_has_its_members_with_their_documentation() {
    let object = json!({
        "type": "object",
        "properties": {
            "start": { "type": "number", "minimum": 0, "description": "Its start." },
            "kind": { "type": "string", "enum": ["verse"], "description": "Its kind. verse: A verse." },
        },
        "required": ["start"],
        "additionalProperties": false,
    });
    let mut single = property(PART);
    assert_eq!(single["description"].take(), "The field.");
    single.as_object_mut().expect("a schema").remove("description");
    assert_eq!(single, object);
    let list = property(&format!("{PART}\nlist = true\nmax_items = 2"));
    assert_eq!((&list["items"], &list["maxItems"]), (&object, &json!(2)));
}

#[test]
fn the_page_of_an_object_lists_its_members() {
    let page = spec(PART).markdown();
    assert!(page.contains("- `start` (number, required, at least 0): Its start.\n"), "{page}");
    assert!(page.contains("- `kind` (choice, one of `verse`): Its kind.\n"), "{page}");
}

#[test]
fn diff_compares_the_members_of_an_object() {
    let kinds = "verse = { doc = \"A verse.\" }";
    let two_kinds = format!("{kinds}, chorus = {{ doc = \"A chorus.\" }}");
    for (old, new, expected) in [
        (
            "min = 0",
            "min = 1",
            &["breaking: `it.start`: at least 1 instead of 0: requests that built before may now be refused"][..],
        ),
        ("required = true, ", "", &["loosening: `it.start` may be left out"]),
        (
            "start = {",
            "begin = {",
            &[
                "breaking: the member `it.start` is removed, with its setter",
                "breaking: the member `it.begin` is new and required",
            ],
        ),
        (kinds, &two_kinds, &["loosening: `it.kind` allows chorus"]),
        ("\"Part\"", "\"Piece\"", &["breaking: the type of `it` is `Piece` instead of `Part`"]),
    ] {
        let changes = Changes::between(&spec(PART), &spec(&PART.replace(old, new)));
        let said: Vec<_> = changes.iter().map(|change| format!("{}: {}", change.effect(), change.text())).collect();
        assert_eq!(said, expected, "{old}");
    }
}

#[test]
fn drift_tells_that_a_field_is_not_an_object() {
    let mut document = spec(PART).openapi();
    assert_eq!(spec(PART).drift(&document).expect("the path is there"), []);
    document["components"]["schemas"]["SomeRequest"]["properties"]["it"] = json!({ "type": "string" });
    let drifts: Vec<String> =
        spec(PART).drift(&document).expect("the path is there").iter().map(ToString::to_string).collect();
    assert_eq!(drifts, ["`it`: type string in the document"]);
}

/// An operation that answers at once, with results of several shapes and places.
const AT_ONCE: &str = r#"
base = "cover-spec/upload_cover.toml"
without = ["poll", "statuses", "callback", "upload"]
service = { name = "Lyrics", id = "lyrics" }
request = { name = "LyricsRequest", doc = "A request." }
submit = { path = "/lyrics" }
fields.about = { type = "string", doc = "The subject.", required = "always" }

[results.versions]
type = "object"
list = true
name = "Version"
doc = "The versions."
at = ["data.versions", "data"]
count = 2

[results.versions.fields.text]
type = "string"
required = true
doc = "The words."
spellings = ["text", "lyrics"]

[results.versions.fields.subject]
type = "string"
doc = "What it is about."
echo = "about"

[results.versions.fields.lines]
type = "object"
name = "Line"
field = "lines"
list = true
doc = "Its lines."

[results.versions.fields.lines.fields.levels]
type = "number"
list = 2
doc = "The levels."

[results.warnings]
type = "string"
list = true
doc = "What was ignored."
at = "data.warnings"
optional = true
"#;

fn at_once(more: &str) -> Spec {
    Spec::parse("spec.toml", &format!("{AT_ONCE}{more}")).unwrap_or_else(|faults| panic!("{faults}"))
}

#[test]
fn openapi_has_the_results_of_an_operation_that_answers_at_once() {
    let document = at_once("").openapi();
    let answer = &document["paths"]["/lyrics"]["post"]["responses"]["200"];
    let schema = &answer["content"]["application/json"]["schema"]["properties"];
    let versions = json!({ "type": ["array", "null"], "items": { "$ref": "#/components/schemas/Version" } });
    assert_eq!(schema["data"]["properties"]["versions"], versions);
    assert_eq!(
        (&schema["data"]["items"], &schema["data"]["properties"]["warnings"]["items"]["type"]),
        (&versions["items"], &json!(["string", "null"])),
        "a place inside of another is kept"
    );
    assert_eq!(schema["code"]["type"], json!(["integer", "string"]));
    let version = &document["components"]["schemas"]["Version"]["properties"];
    assert_eq!((&version["text"], &version["lyrics"]["type"]), (&version["lyrics"], &json!(["string", "null"])));
}

#[test]
fn openapi_has_a_result_that_is_the_whole_answer() {
    let whole = AT_ONCE.replace("at = [\"data.versions\", \"data\"]", "at = \"\"");
    let document = Spec::parse("spec.toml", &whole).unwrap_or_else(|faults| panic!("{faults}")).openapi();
    let answer = &document["paths"]["/lyrics"]["post"]["responses"]["200"]["content"]["application/json"]["schema"];
    assert_eq!(answer["$ref"], "#/components/schemas/Version");
    assert!(answer["properties"]["data"]["properties"]["warnings"].is_object(), "{answer}");
}

#[test]
fn openapi_lets_an_answer_have_null_instead_of_an_object() {
    let document = at_once("").openapi();
    let answer = &document["paths"]["/lyrics"]["post"]["responses"]["200"]["content"]["application/json"]["schema"];
    assert_eq!(answer["properties"]["data"]["type"], json!(["array", "null", "object"]), "it has values at two places");
    assert_eq!(document["components"]["schemas"]["Version"]["type"], json!(["object", "null"]), "{document}");
}

#[test]
fn openapi_has_the_results_of_callbacks() {
    let spec = Spec::parse("upload_cover.toml", cover_spec::SHIPPED).unwrap_or_else(|faults| panic!("{faults}"));
    let body = &spec.openapi()["webhooks"]["callback"]["post"]["requestBody"]["content"]["application/json"]["schema"];
    let data = &body["properties"]["data"]["properties"];
    assert_eq!(data["data"]["items"]["$ref"], "#/components/schemas/Track");
    assert!(data["task_id"].is_object() && data["callbackType"].is_object(), "{body}");
}

#[test]
fn markdown_tells_where_results_are_and_what_is_in_them() {
    let page = at_once("").markdown();
    let results = page.split("\n## Results\n\n").nth(1).unwrap_or_default();
    assert_eq!(
        results,
        "The answer to the POST has them.\n\n\
         - `versions`: list of object, at `data.versions`, else `data`. The versions.\n  \
           - usual number of items: 2\n  \
           - `text` or `lyrics`: string, required. The words.\n  \
           - `subject`: string. What it is about. It repeats the field `about`.\n  \
           - `lines`: list of object. Its lines.\n    \
             - `levels`: list of list of number. The levels.\n\
         - `warnings`: list of string, optional, at `data.warnings`. What was ignored.\n"
    );
    let shipped = Spec::parse("upload_cover.toml", cover_spec::SHIPPED).unwrap_or_else(|faults| panic!("{faults}"));
    for part in ["Answers to polls have them.\n", "  - in callbacks at `data.data`\n", "\n## Statuses\n"] {
        assert!(shipped.markdown().contains(part), "{part}");
    }
}
