//! The rules and the exported JSON Schema agree about presence, conditions and defaults in each mode.

use cover_spec::rules::{Placed, Value, looks_like_web_address};
use cover_spec::{SHIPPED_BASE, Spec};
use serde_json::{Value as Json, json};

/// A spec with these tables. The shipped spec contributes the service.
fn spec(tables: &str) -> Spec {
    let text = format!(
        "base = \"{SHIPPED_BASE}\"\nwithout = [\"callback\"]\n[service]\nname = \"Some\"\nid = \"some\"\n\
         [submit]\npath = \"/tasks\"\ntask = \"id\"\n\
         [request]\nname = \"SomeRequest\"\ndoc = \"A request.\"\n{tables}"
    );
    Spec::parse("spec.toml", &text).unwrap_or_else(|faults| panic!("{faults}"))
}

/// Checks that the rules and the schema have the same verdict on each body.
fn agree(tables: &str, bodies: &[(Json, bool)]) {
    let spec = spec(tables);
    let rules = spec.rules();
    let exported = spec.json_schema();
    assert!(exported.get("$comment").is_none(), "{exported}");
    let schema = jsonschema::draft202012::new(&exported).expect("a schema");
    for (body, expected) in bodies {
        let mut placed = Placed::none(&rules);
        for (name, member) in body.as_object().expect("an object") {
            placed.put(name, value(member));
        }
        let by_rules = placed.check(looks_like_web_address).map(|_| ()).map_err(|it| it.to_string());
        assert_eq!(by_rules.is_ok(), *expected, "{body}: {by_rules:?}");
        assert_eq!(schema.is_valid(body), *expected, "{body} by {exported}");
    }
}

/// The exact syntax of addresses is beyond a schema, but it accepts every address that the rules accept.
#[test]
fn the_schema_accepts_every_address_of_the_rules() {
    let accepted =
        ["http://a.b:0000080/", "http://a.b/\u{feff}abc", "https://u:p@[::1]:80/?q#f", "HTTPS://é.example/🎷"];
    let refused = ["http://a b/", "http:///", "ftp://a.b/"];
    let bodies = accepted.map(|it| (it, true)).into_iter().chain(refused.map(|it| (it, false)));
    let bodies: Vec<(Json, bool)> = bodies.map(|(address, is)| (json!({ "x": address }), is)).collect();
    agree("[fields.x]\ntype = \"url\"\ndoc = \"An address.\"\nrequired = \"always\"", &bodies);
}

fn value(json: &Json) -> Value<'_> {
    match json {
        Json::String(text) => Value::text(text),
        Json::Bool(truth) => Value::Truth(*truth),
        Json::Number(number) => Value::Number(number.as_f64().expect("a number")),
        Json::Array(items) => Value::List(items.iter().map(value).collect()),
        Json::Null => Value::Null,
        Json::Object(_) => Value::Other,
    }
}

/// Two modes, and a boolean that both allow.
const MODES: &str = "
    [modes.Simple]
    when = { simple = true }
    doc = \"Simple.\"
    [modes.Custom]
    when = { simple = false }
    doc = \"Custom.\"
    [fields.simple]
    type = \"boolean\"
    doc = \"Whether it is simple.\"
    [fields.loud]
    type = \"boolean\"
    doc = \"Whether it is loud.\"
    optional = \"always\"
";

#[test]
fn conditions_of_a_field_apply_only_where_it_is_optional() {
    let style = |keys: &str| format!("{MODES}\n[fields.style]\ntype = \"string\"\ndoc = \"The style.\"\n{keys}\n");
    let optional_or_forbidden = "optional = [\"Custom\"]\nforbidden = [\"Simple\"]\nrequired_when = { loud = true }";
    agree(
        &style(optional_or_forbidden),
        &[
            (json!({ "simple": true, "loud": true }), true),
            (json!({ "simple": true, "loud": true, "style": "x" }), false),
            (json!({ "simple": false, "loud": true }), false),
            (json!({ "simple": false, "loud": true, "style": "x" }), true),
        ],
    );
    for (key, loud) in [("allowed_when", false), ("forbidden_when", true)] {
        let optional_or_required =
            format!("optional = [\"Custom\"]\nrequired = [\"Simple\"]\n{key} = {{ loud = true }}");
        agree(
            &style(&optional_or_required),
            &[
                (json!({ "simple": true, "loud": loud, "style": "x" }), true),
                (json!({ "simple": true, "loud": loud }), false),
                (json!({ "simple": false, "loud": loud, "style": "x" }), false),
                (json!({ "simple": false, "loud": !loud, "style": "x" }), true),
                (json!({ "simple": false, "loud": loud }), true),
            ],
        );
    }
}

#[test]
fn conditions_of_a_value_hold_where_the_mode_sets_it() {
    let tables = "
        [modes.Live]
        when = { place = \"stage\" }
        doc = \"On a stage.\"
        [modes.Studio]
        when = { place = \"studio\" }
        doc = \"In a studio.\"
        [fields.place]
        type = \"choice\"
        name = \"Place\"
        doc = \"Where it is sung.\"
        default = \"stage\"
        [fields.place.values]
        stage = { doc = \"A stage.\", forbidden_when = { loud = true } }
        studio = { doc = \"A studio.\", allowed_when = { loud = [true, false] } }
        [fields.loud]
        type = \"boolean\"
        doc = \"Whether it is loud.\"
        optional = \"always\"
    ";
    agree(
        tables,
        &[
            (json!({}), true),
            (json!({ "loud": false }), true),
            (json!({ "loud": true }), false),
            (json!({ "place": "stage", "loud": true }), false),
            (json!({ "place": "studio", "loud": true }), true),
            (json!({ "place": "studio" }), false),
        ],
    );
}

#[test]
fn a_field_that_is_always_forbidden_is_refused() {
    let tables = "
        [fields.prompt]
        type = \"string\"
        doc = \"The prompt.\"
        optional = \"always\"
        [fields.style]
        type = \"string\"
        doc = \"The style.\"
        nullable = true
        forbidden = \"always\"
    ";
    agree(
        tables,
        &[
            (json!({}), true),
            (json!({ "prompt": "x" }), true),
            (json!({ "style": "x" }), false),
            (json!({ "style": null }), false),
        ],
    );
}

#[test]
fn a_default_counts_only_in_its_modes() {
    let with = |default: &str| {
        format!(
            "{MODES}default = {default}
            [fields.note]
            type = \"string\"
            doc = \"Why it is loud.\"
            optional = \"always\"
            required_when = {{ loud = true }}
            "
        )
    };
    agree(
        &with("{ value = true, modes = [\"Custom\"] }"),
        &[
            (json!({ "simple": true }), true),
            (json!({ "simple": false }), false),
            (json!({ "simple": false, "note": "x" }), true),
            (json!({ "simple": false, "loud": false }), true),
            (json!({ "simple": true, "loud": true }), false),
        ],
    );
    agree(&with("true"), &[(json!({ "simple": true }), false), (json!({ "simple": false }), false)]);
}

#[test]
fn a_default_does_not_count_in_a_mode_that_forbids_the_field() {
    let tables = format!(
        "{MODES}
        [fields.gain]
        type = \"integer\"
        doc = \"How loud it is.\"
        optional = [\"Custom\"]
        forbidden = [\"Simple\"]
        default = 3
        [fields.note]
        type = \"string\"
        doc = \"Why it is loud.\"
        optional = \"always\"
        required_when = {{ gain = 3 }}
        "
    );
    agree(
        &tables,
        &[
            (json!({ "simple": true }), true),
            (json!({ "simple": false }), false),
            (json!({ "simple": false, "gain": 2 }), true),
        ],
    );
}

#[test]
fn the_shipped_spec_has_a_default_in_one_mode() {
    let spec = Spec::parse_shipped("upload_cover.toml").expect("no faults");
    let schema = jsonschema::draft202012::new(&spec.json_schema()).expect("a schema");
    let body = |custom: bool, instrumental: Option<bool>| {
        let address = "https://a.example/";
        let mut body = json!({ "customMode": custom, "uploadUrl": address, "callBackUrl": address, "model": "V5" });
        body["prompt"] = json!("La la la");
        if custom {
            body["style"] = json!("Jazz");
            body["title"] = json!("Night");
        }
        if let Some(instrumental) = instrumental {
            body["instrumental"] = json!(instrumental);
        }
        body
    };
    assert!(schema.is_valid(&body(true, Some(false))));
    assert!(!schema.is_valid(&body(true, None)));
    assert!(schema.is_valid(&body(false, None)));
}

#[test]
fn a_field_that_the_mode_sets_is_given_in_groups_and_conditions() {
    let tables = "
        [modes.One]
        when = { acts = 1 }
        doc = \"One act.\"
        [modes.Two]
        when = { acts = 2 }
        doc = \"Two acts.\"
        [fields.acts]
        type = \"integer\"
        doc = \"The number of acts.\"
        min = 1
        max = 2
        default = 1
        [fields.first]
        type = \"string\"
        doc = \"The first act.\"
        optional = \"always\"
        required_when = { acts = { given = true }, second = { given = false } }
        [fields.second]
        type = \"string\"
        doc = \"The second act.\"
        optional = \"always\"
        [[groups]]
        doc = \"Not both.\"
        exactly_one = [[\"acts\", \"first\"], [\"second\"]]
        modes = [\"One\"]
        when = { second = { given = false } }
    ";
    agree(
        tables,
        &[
            (json!({}), false),
            (json!({ "first": "x" }), true),
            (json!({ "acts": 1, "first": "x" }), true),
            (json!({ "second": "x" }), true),
            (json!({ "acts": 2, "second": "x" }), true),
            (json!({ "acts": 2 }), false),
        ],
    );
}

#[test]
fn null_counts_0_in_a_total_of_items() {
    let tables = "
        [fields.tags]
        type = \"string\"
        list = true
        nullable = true
        doc = \"Tags.\"
        optional = \"always\"
        [fields.words]
        type = \"string\"
        list = true
        doc = \"Words.\"
        optional = \"always\"
        [[totals]]
        doc = \"One or two.\"
        items = [\"tags\", \"words\"]
        min = 1
        max = 2
    ";
    agree(
        tables,
        &[
            (json!({ "tags": null }), false),
            (json!({ "tags": null, "words": ["a", "b"] }), true),
            (json!({ "tags": null, "words": ["a", "b", "c"] }), false),
            (json!({ "tags": ["a"], "words": ["b", "c"] }), false),
        ],
    );
}

/// The schema counts characters, and must not refuse what the rules accept.
#[test]
fn a_minimum_in_bytes_or_utf_16_units_is_a_minimum_of_characters() {
    for (unit, accepted, refused) in [("bytes", "🎷🎷", "🎷"), ("utf16", "🎷🎷🎷", "🎷")] {
        let tables = format!(
            "[fields.note]\ntype = \"string\"\nunit = \"{unit}\"\ndoc = \"A note.\"\noptional = \"always\"\n\
             min_length = 5\nmax_length = 9"
        );
        agree(
            &tables,
            &[
                (json!({ "note": accepted }), true),
                (json!({ "note": "abcde" }), true),
                (json!({ "note": "abcdefghi" }), true),
                (json!({ "note": refused }), false),
                (json!({ "note": "abcdefghij" }), false),
            ],
        );
    }
}
