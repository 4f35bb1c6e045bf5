//! The Markdown page says in which modes conditions and defaults count.

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

#[test]
fn conditions_and_defaults_have_their_modes() {
    let text = format!(
        "base = \"{SHIPPED_BASE}\"\nwithout = [\"callback\"]\n[service]\nname = \"Some\"\nid = \"some\"\n\
         [submit]\npath = \"/songs\"\ntask = \"id\"\n{SPEC}"
    );
    let page = Spec::parse("spec.toml", &text).unwrap_or_else(|faults| panic!("{faults}")).markdown();
    let about = |name: &str| {
        let part = page.split(&format!("### `{name}`\n")).nth(1).and_then(|rest| rest.split("\n#").next());
        let lines = part.unwrap_or_default().lines().filter(|line| line.starts_with("- "));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(about("loud"), ["- default: `true` (in `Custom`)"]);
    assert_eq!(about("quiet"), ["- must be left out if `loud` is true", "- default: `false`"]);
    assert_eq!(about("style"), ["- must be left out if `loud` is true (in `Custom`)"]);
}
