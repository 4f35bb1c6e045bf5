//! Small specs with places for names.

use cover_spec::{Faults, Spec};

#[derive(Clone, Copy)]
pub(super) enum Template {
    WithModes,
    WithoutModes,
}

/// A plain name for each place.
pub(super) const PLAIN: [&str; PLACES] = [
    "Cards",       // 0: service
    "CardRequest", // 1: request
    "card",        // 2: macro that takes literals
    "try_card",    // 3: macro that takes expressions
    "Card",        // 4: track
    "audio",       // 5: field of the track, in JSON
    "kind",        // 6: field of the track, in Rust
    "Outer",       // 7: outer part of two modes
    "Left",        // 8: inner part
    "Right",       // 9: inner part
    "Simple",      // 10: mode
    "Size",        // 11: choice
    "small",       // 12: value, in JSON
    "Large",       // 13: value, in Rust
    "Colour",      // 14: choice
    "red",         // 15: value, in JSON
    "DONE",        // 16: status, in answers
    "Working",     // 17: status, in Rust
    "text",        // 18: setter of a text, from JSON
    "tags",        // 19: setter of a list, in Rust
    "size",        // 20: setter of a choice, from JSON
    "colour",      // 21: setter of a choice, in Rust
    "picture",     // 22: setter of an address, from JSON
    "no_picture",  // 23: setter of the placeholder
    "count",       // 24: setter of a number that may be null, in Rust
    "little",      // 25: class
    "Length",      // 26: choice of whole numbers
    "Short",       // 27: value, in Rust
];

/// Number of places for names.
pub(super) const PLACES: usize = 28;

const MODES: &str = r#"
[modes.@7<@8>]
when = { " outer" = true, " left" = true }
doc = "The left one."

[modes.@7<@9>]
when = { " outer" = true, " left" = false }
doc = "The right one."

[modes.@10]
when = { " outer" = false }
doc = "The simple one."

[fields." outer"]
name = "select_outer"
type = "boolean"
doc = "A selector."

[fields." left"]
name = "select_left"
type = "boolean"
doc = "A selector."
forbidden = [@10]
"#;

const SPEC: &str = r#"
[service]
name = @0
id = "cards.example"
doc = "Cards."
base_url = "https://api.cards.example"
auth = { header = "X-Api-Key" }
env = { key = "CARDS_KEY", url = "CARDS_URL" }

[request]
name = @1
doc = "A request to print a card."
literal = @2
try_literal = @3
model = @20

[classes]
@25 = [@12]

@MODES

[fields.@18]
type = "string"
doc = "The text."
@PRESENCE
limits = [{ models = [@25], max_length = 10, elsewhere = "unlimited" }]

[fields.@20]
type = "choice"
name = @11
doc = "The size."
required = "always"
values = { @12 = { doc = "Small." }, "l a r g e" = { name = @13, doc = "Large.", deprecated = "too large" } }

[fields.tags]
name = @19
type = "string"
list = true
doc = "Tags."
optional = "always"

[fields.colour]
type = "choice"
name = @14
setter = @21
doc = "The colour."
optional = "always"
values = { @15 = { doc = "Red." } }

[fields.@22]
type = "url"
doc = "The picture."
optional = "always"
placeholder = { setter = @23, value = "https://blank.invalid/", doc = "Without a picture." }

[fields." count"]
name = @24
type = "integer"
nullable = true
doc = "The number of copies."
optional = "always"

[fields." length"]
name = @26
setter = "of_length"
type = "choice"
of = "integer"
doc = "The length of the text."
optional = "always"
values = { 5 = { name = @27, doc = "Short." }, -1 = { name = "Any", doc = "Any length." } }

[[groups]]
doc = "A card has tags or a picture."
at_least_one = ["tags", @22]

[codes]
200 = { means = "success", doc = "Success.", created = "yes" }

[submit]
path = "/cards"
task = "id"

[poll]
path = "/cards/{task}"
status = "state"
every = ["1 s", "2 s"]
timeout = "5 min"
patience = "10 s"
settle = "10 s"

[statuses.working]
name = @17
doc = "It is being printed."
means = "running"
stage = 0
ready = "nothing"

[statuses.@16]
doc = "It is printed."
means = "done"
ready = "all"

[results.files]
type = "object"
list = true
at = "files"
name = @4
doc = "A printed card."
count = 1

[results.files.fields.@5]
type = "audio"
doc = "The address."

[results.files.fields.kind]
name = @6
type = "string"
doc = "What is known of it."
"#;

impl Template {
    pub(super) fn parse(self, names: &[String; PLACES]) -> Result<Spec, Faults> {
        Spec::parse("names.toml", &self.text(names))
    }

    /// Returns the text of the spec with these names.
    pub(super) fn text(self, names: &[String; PLACES]) -> String {
        let (modes, presence) = match self {
            Self::WithModes => (MODES, "required = [@7]\nforbidden = [@10]"),
            Self::WithoutModes => ("", "required = \"always\""),
        };
        let mut text = SPEC.replace("@MODES", modes).replace("@PRESENCE", presence);
        // The name of a mode has several places in one TOML key.
        for inner in [8, 9] {
            text = text.replace(&format!("@7<@{inner}>"), &quoted(&format!("{}<{}>", names[7], names[inner])));
        }
        // From the last place, since `@1` is the beginning of `@10`.
        for (place, name) in names.iter().enumerate().rev() {
            text = text.replace(&format!("@{place}"), &quoted(name));
        }
        text
    }
}

/// Returns the name as a text of TOML.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}
