//! Random specs of the whole language of requests and results. Most have no faults.

mod asides;
mod conditions;
mod fields;
mod limits;
mod modes;
mod objects;
mod over_several;
mod patterns;
mod presence;
mod results;
mod sending;

use std::fmt::Write;

use fastrand::Rng;

pub use crate::meaning::Presence;

/// A spec that is being drawn.
#[derive(Default)]
pub struct Draft {
    /// A spec without modes has one without a condition.
    pub modes: Vec<Mode>,
    pub fields: Vec<Field>,
    pub model: Option<usize>,
    /// Names, and the models as TOML.
    pub classes: Vec<(String, Vec<String>)>,
    /// The rules over several fields as TOML.
    pub over_several: String,
    /// Whether the answer to the submit has the results.
    pub is_direct: bool,
    /// `[submit]` as TOML, without `task`.
    pub submit: String,
    /// `[envelope]`, `[results]`, `[failures]` and `[credits]` as TOML.
    pub results: String,
}

#[derive(Default)]
pub struct Mode {
    pub name: String,
    /// Places of fields, and values as TOML.
    pub when: Vec<(usize, String)>,
    /// Further keys as TOML.
    pub keys: String,
}

pub struct Field {
    pub name: String,
    pub setter: String,
    /// The name of the type of a choice or an object.
    pub title: String,
    /// Values in JSON, and the names of their variants.
    pub variants: Vec<(String, String)>,
    pub kind: Kind,
    /// The members of an object.
    pub members: Vec<Field>,
    pub is_list: bool,
    pub is_constant: bool,
    pub is_nullable: bool,
    /// For each mode.
    pub presence: Vec<Presence>,
    /// Values as TOML, for conditions.
    pub values: Vec<String>,
    /// Entries of `values` as TOML, each with further keys.
    pub entries: Vec<(String, String)>,
    /// Further keys as TOML.
    pub keys: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Text,
    Address,
    Truth,
    Integer,
    Number,
    Choice,
    WholeChoice,
    Object,
}

const SERVICE: &str = r#"
[service]
name = "Works"
id = "works.example"
doc = "A service."
base_url = "https://api.works.example/v1"
auth = { header = "X-Api-Key" }
env = { key = "WORKS_KEY", url = "WORKS_URL" }

[codes]
200 = { means = "success", doc = "Success.", created = "yes" }
400 = { means = "invalid", doc = "Invalid.", created = "no" }
"#;

/// What a spec has whose request creates a task.
const TASK: &str = r#"task = "id"

[poll]
path = "/work"
query = "id"
status = "state"
error_code = "problem.code"
error_message = "problem.text"
every = ["1 s", "2 s"]
timeout = "5 min"
patience = "10 s"
settle = "10 s"

[statuses.working]
doc = "In the works."
means = "running"
stage = 0
ready = "nothing"

[statuses.finished]
doc = "Finished."
means = "done"
ready = "all"
"#;

const REQUEST: &str = r#"
[request]
name = "WorkRequest"
doc = "A request."
"#;

/// Draws a spec.
pub fn draw(rng: &mut Rng) -> Draft {
    let mut draft = Draft::default();
    modes::draw(&mut draft, rng);
    fields::draw(&mut draft, rng);
    presence::draw(&mut draft, rng);
    sending::draw(&mut draft, rng);
    limits::draw(&mut draft, rng);
    conditions::draw(&mut draft, rng);
    over_several::draw(&mut draft, rng);
    results::draw(&mut draft, rng);
    asides::draw(&mut draft, rng);
    draft
}

impl Draft {
    /// Returns the spec as TOML.
    pub fn text(&self) -> String {
        let task = if self.is_direct { "" } else { TASK };
        let mut text = format!("{SERVICE}\n[submit]\n{}{task}{}{REQUEST}", self.submit, self.results);
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        if let Some(model) = self.model {
            writeln!(text, "model = \"{}\"", self.fields[model].name)?;
        }
        if !self.classes.is_empty() {
            writeln!(text, "\n[classes]")?;
        }
        for (name, models) in &self.classes {
            writeln!(text, "{name} = [{}]", models.join(", "))?;
        }
        for mode in self.modes.iter().filter(|mode| !mode.when.is_empty()) {
            let when = mode.when.iter().map(|(place, value)| format!("\"{}\" = {value}", self.fields[*place].name));
            let when = when.collect::<Vec<_>>().join(", ");
            writeln!(text, "\n[modes.\"{}\"]\nwhen = {{ {when} }}\ndoc = \"A mode.\"\n{}", mode.name, mode.keys)?;
        }
        for field in &self.fields {
            writeln!(text, "\n[fields.\"{}\"]\ndoc = \"A field.\"\n{}", field.name, field.keys)?;
            if !field.entries.is_empty() {
                writeln!(text, "[fields.\"{}\".values]", field.name)?;
            }
            for (value, keys) in &field.entries {
                writeln!(text, "{value} = {{ {keys} }}")?;
            }
        }
        text.push_str(&self.over_several);
        Ok(())
    }

    /// Returns the places of the modes, or of the one.
    pub fn mode_places(&self) -> std::ops::Range<usize> {
        0..self.modes.len()
    }

    pub fn has_modes(&self) -> bool {
        self.modes.len() > 1
    }

    /// Returns a list of these modes as TOML. A name for several is used where it stands for them alone.
    pub fn mode_list(&self, places: &[usize], rng: &mut Rng) -> String {
        let mut names = Vec::new();
        for place in places {
            let name = &self.modes[*place].name;
            let outer = name.split('<').next().unwrap_or(name);
            let is_all = self
                .mode_places()
                .all(|other| places.contains(&other) || self.modes[other].name.split('<').next() != Some(outer));
            let name = if is_all && rng.u8(..4) > 0 { outer } else { name };
            // A mode that is named twice is a fault.
            let name = format!("\"{name}\"");
            if !names.contains(&name) {
                names.push(name);
            }
        }
        format!("[{}]", names.join(", "))
    }
}

impl Field {
    /// Adds a key.
    pub fn key(&mut self, key: &str, value: &str) {
        self.keys.extend([format!("{key} = {value}\n")]);
    }

    /// Whether the field is given in some bodies, and left out in others.
    pub fn may_vary(&self) -> bool {
        !self.is_constant && self.presence.contains(&Presence::Optional)
    }
}

/// Returns true with this probability in percent.
pub fn percent(rng: &mut Rng, percent: u8) -> bool {
    rng.u8(..100) < percent
}

/// Returns one of several.
pub fn one<'a, T: ?Sized>(rng: &mut Rng, several: &[&'a T]) -> &'a T {
    several[rng.usize(..several.len())]
}
