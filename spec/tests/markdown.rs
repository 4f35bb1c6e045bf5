//! The Markdown page says in which modes conditions and defaults count, and what fields refer to.

use cover_spec::model::Disputed;
use cover_spec::{SHIPPED_BASE, Spec};

const SPEC: &str = "
[request]
name = \"SongRequest\"
doc = \"A request.\"

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
default = { value = true, modes = [\"Custom\"] }

[fields.quiet]
type = \"boolean\"
doc = \"Whether it is quiet.\"
optional = \"always\"
default = false
forbidden_when = { loud = true }

[fields.style]
type = \"string\"
doc = \"The style.\"
optional = [\"Custom\"]
required = [\"Simple\"]
forbidden_when = { loud = true }
";

/// Returns the page of a spec with these lines.
fn page(lines: &str) -> String {
    let text = format!(
        "base = \"{SHIPPED_BASE}\"\nwithout = [\"callback\"]\n[service]\nname = \"Some\"\nid = \"some\"\n\
         [submit]\npath = \"/songs\"\ntask = \"id\"\nempty = \"absent\"\n{lines}"
    );
    Spec::parse("spec.toml", &text).unwrap_or_else(|faults| panic!("{faults}")).markdown()
}

/// Returns the list about a field.
fn about(page: &str, name: &str) -> Vec<String> {
    let part = page.split(&format!("### `{name}`\n")).nth(1).and_then(|rest| rest.split("\n#").next());
    let lines = part.unwrap_or_default().lines().filter(|line| line.starts_with("- "));
    lines.map(str::to_owned).collect()
}

#[test]
fn conditions_and_defaults_have_their_modes() {
    let page = page(SPEC);
    assert_eq!(about(&page, "loud"), ["- default: `true` (in `Custom`)"]);
    assert_eq!(about(&page, "quiet"), ["- must be left out if `loud` is true", "- default: `false`"]);
    assert_eq!(about(&page, "style"), ["- must be left out if `loud` is true (in `Custom`)"]);
}

const REFERENCES: &str = "
[request]
name = \"SongRequest\"
doc = \"A request.\"

[fields.task]
type = \"string\"
doc = \"A task.\"
optional = \"always\"
source = { polled_at = \"/songs\", unknown = 400 }

[fields.song]
type = \"string\"
doc = \"A song.\"
optional = \"always\"
source = { member = \"id\", task = \"task\" }

[fields.file]
type = \"url\"
doc = \"A file.\"
optional = \"always\"
fetched = { failure = 451 }
served_at = \"stored\"

[results.stored]
type = \"audio\"
doc = \"The file.\"
at = \"data.file\"
";

#[test]
fn fields_tell_what_they_refer_to() {
    let page = page(REFERENCES);
    assert!(page.contains("\n- an empty text is taken as absent in a field that is not required\n"), "{page}");
    let task = "- id of an earlier task that is polled at `/songs`; an unknown one is refused with code 400";
    assert_eq!(about(&page, "task"), [task]);
    let song = "- `id` in the results of the task in `task`; an unknown one is accepted, and the task fails";
    assert_eq!(about(&page, "song"), [song]);
    let file = [
        "- fetched after the request was accepted; if that fails, the task fails with code 451",
        "- served at the address in the result `stored`",
    ];
    assert_eq!(about(&page, "file"), file);
}

#[test]
fn the_page_has_the_price_of_each_request() {
    let costs = "costs = [{ when = { title = { given = true } }, cost = 0.4 }]";
    let text = cover_spec::SHIPPED.replace("cost = 12\n", &format!("cost = 12\n{costs}\n"));
    let spec = Spec::parse("spec.toml", &text).unwrap_or_else(|faults| panic!("{faults}"));
    let price = "Price: 0.4 if `title` is given, or else 12 credits.";
    assert!(spec.markdown().contains(&format!("\n{price}\n")), "{}", spec.markdown());
    let described = spec.openapi()["paths"][spec.submit.path.as_str()]["post"]["description"].to_string();
    assert!(described.starts_with(&format!("\"{price} ")), "{described}");
}

#[test]
fn contradictions_of_the_documentation_are_listed_with_their_places() {
    let text = format!(
        "base = \"{SHIPPED_BASE}\"\nwithout = [\"callback\"]\n[service]\nname = \"Some\"\nid = \"some\"\n\
         [submit]\npath = \"/songs\"\ntask = \"id\"\n{SPEC}\n[[disputed]]\nabout = \"fields.style.required\"\n\
         statements = [{{ says = \"required\", place = \"schema\" }}, {{ says = \"optional\", place = \"guide\" }}]\n\
         doc = \"The stricter counts.\"\n"
    );
    let page = Spec::parse("spec.toml", &text).unwrap_or_else(|faults| panic!("{faults}")).markdown();
    let line = "- `fields.style.required`: required (schema); optional (guide). The stricter counts.";
    assert!(page.contains(&format!("\n## Contradictions of the documentation\n\n{line}\n")), "{page}");
}

#[test]
fn limits_name_models_and_not_classes() {
    let page = Spec::parse_shipped("sunoapi/extend.toml").unwrap_or_else(|faults| panic!("{faults}")).markdown();
    let texts = [
        "at most 200 characters with `V4`",
        "at most 1000 characters with `V4_5`, `V4_5PLUS`, `V4_5ALL`, `V5`, `V5_5`",
    ];
    assert_eq!(about(&page, "style")[..2], texts.map(|text| format!("- {text}")));
}

#[test]
fn a_value_with_a_condition_is_one_sentence() {
    let page = Spec::parse_shipped("sunoapi/extend.toml").unwrap_or_else(|faults| panic!("{faults}")).markdown();
    let value = "- `voice_persona`: A voice, allowed only if `model` is V5 or V5_5".to_owned();
    assert!(about(&page, "personaModel").contains(&value), "{page}");
}

#[test]
fn sizes_and_times_have_units_that_are_easy_to_read() {
    let page = Spec::parse_shipped("sunoapi/stems.toml").unwrap_or_else(|faults| panic!("{faults}")).markdown();
    for line in ["Results are deleted after 14 days.", "- at most 20 MB", "- deleted after 3 days"] {
        assert!(page.lines().any(|found| found == line), "{line}: {page}");
    }
}

#[test]
fn a_contradiction_is_about_one_field_or_about_others() {
    let names = ["fields", "fields.text.required", "fields.\"a.b\"", "fields.\"text\"", "codes.400"];
    let entry = |name: &&str| {
        format!(
            "\n[[disputed]]\nabout = '{name}'\nstatements = [{{ says = \"a\", place = \"b\" }}, {{ says = \"c\", place = \"d\" }}]\n"
        )
    };
    let field = |name: &str, setter: &str| {
        format!("\n[fields.{name}]\ntype = \"string\"\nname = \"{setter}\"\ndoc = \"A text.\"\nrequired = \"always\"\n")
    };
    let head = "base = \"cover-spec/upload_cover.toml\"\nwithout = [\"callback\"]\n\
                service = { name = \"Odd\", id = \"odd\" }\nrequest = { name = \"OddRequest\", doc = \"A request.\" }\n\
                submit = { path = \"/odd\", task = \"data.taskId\" }\n";
    let entries: String = names.iter().map(entry).collect();
    let text = format!("{head}{}{}{entries}", field("text", "text"), field("\"a.b\"", "ab"));
    let spec = Spec::parse("odd.toml", &text).unwrap_or_else(|faults| panic!("{faults}"));
    let about = |entries: &mut dyn Iterator<Item = &Disputed>| -> Vec<String> {
        entries.map(|entry| entry.about.value.clone()).collect()
    };
    assert_eq!(about(&mut spec.disputed_about_field("text")), ["fields.text.required", "fields.\"text\""]);
    assert_eq!(about(&mut spec.disputed_about_field("a.b")), ["fields.\"a.b\""]);
    assert_eq!(about(&mut spec.disputed_about_others()), ["fields", "codes.400"]);
}
