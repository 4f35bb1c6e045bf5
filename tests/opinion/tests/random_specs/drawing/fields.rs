//! The types of fields.

use fastrand::Rng;

use super::objects::object;
use super::patterns::draw_pattern;
use super::{Draft, Field, Kind, one, percent};

const WORDS: [&str; 12] =
    ["amber", "basil", "cedar", "delta", "ember", "fjord", "grove", "heath", "iris", "jade", "kelp", "lotus"];

/// Draws the fields that do not select modes.
pub fn draw(draft: &mut Draft, rng: &mut Rng) {
    if percent(rng, 50) {
        draft.model = Some(draft.fields.len());
        let mut model = choice("model", "Model", Kind::Choice, rng);
        if percent(rng, 10) {
            model.nullable();
        }
        if percent(rng, 40) {
            model.key("open", "true");
        }
        if percent(rng, 60) {
            let most = model.values.len() - rng.usize(..2);
            draft.classes.push(("some".to_owned(), model.values[..most].to_vec()));
            draft.classes.push(("last".to_owned(), model.values[model.values.len() - 1..].to_vec()));
        }
        draft.fields.push(model);
    }
    let count = rng.usize(3..=WORDS.len());
    for word in &WORDS[..count] {
        draft.fields.push(field(word, rng));
    }
}

impl Field {
    fn add_value(&mut self, key: &str, value: &str, variant: &str) {
        self.values.push(value.to_owned());
        self.variants.push((value.to_owned(), variant.to_owned()));
        self.entries.push((format!("\"{key}\""), format!("name = \"{variant}\", doc = \"A value.\"")));
    }

    /// Makes the field nullable.
    pub fn nullable(&mut self) {
        self.key("nullable", "true");
        self.is_nullable = true;
    }
}

/// Returns a field of a type without further keys.
pub fn blank(name: &str, kind: Kind) -> Field {
    let mut field = Field {
        name: name.to_owned(),
        setter: name.to_owned(),
        title: String::new(),
        variants: Vec::new(),
        kind,
        members: Vec::new(),
        is_list: false,
        is_constant: false,
        is_nullable: false,
        presence: Vec::new(),
        values: Vec::new(),
        entries: Vec::new(),
        keys: String::new(),
    };
    let name = match kind {
        Kind::Text => "string",
        Kind::Address => "url",
        Kind::Truth => "boolean",
        Kind::Integer => "integer",
        Kind::Number => "number",
        Kind::Choice | Kind::WholeChoice => "choice",
        Kind::Object => "object",
    };
    field.key("type", &format!("\"{name}\""));
    field
}

/// Returns a field of type `boolean`.
pub fn truth(name: &str) -> Field {
    let mut field = blank(name, Kind::Truth);
    field.values = vec!["true".to_owned(), "false".to_owned()];
    field
}

/// Returns a field of type `integer`.
pub fn integer(name: &str) -> Field {
    blank(name, Kind::Integer)
}

/// Draws a choice of two or three values.
pub fn choice(name: &str, title: &str, kind: Kind, rng: &mut Rng) -> Field {
    let mut field = blank(name, kind);
    field.key("name", &format!("\"{title}\""));
    title.clone_into(&mut field.title);
    let count = rng.usize(2..=3);
    if kind == Kind::WholeChoice {
        field.key("of", "\"integer\"");
        for (value, name) in [("5", "Five"), ("10", "Ten"), ("-1", "Any")].into_iter().take(count) {
            field.add_value(value, value, name);
        }
        return field;
    }
    for (value, name) in [("one", "One"), ("16:9", "Wide"), ("six", "Six")].into_iter().take(count) {
        field.add_value(value, &format!("\"{value}\""), name);
    }
    field
}

fn field(word: &str, rng: &mut Rng) -> Field {
    let title = format!("{}{}", word[..1].to_uppercase(), &word[1..]);
    let mut field = match rng.u8(..14) {
        0..4 => text(word, rng),
        4 => blank(word, Kind::Address),
        5 | 6 => truth(word),
        7 => {
            let mut field = integer(word);
            field.values = ["0", "1", "2", "6"].map(str::to_owned).to_vec();
            field
        }
        8 | 9 => {
            let mut field = blank(word, Kind::Number);
            field.values = ["0.5", "1", "2.5", "-1"].map(str::to_owned).to_vec();
            field
        }
        10 => choice(word, &title, Kind::WholeChoice, rng),
        11 => object(word, &title, rng),
        _ => choice(word, &title, Kind::Choice, rng),
    };
    rename(&mut field, word, &title, rng);
    if percent(rng, 8) && !field.values.is_empty() {
        let constant = field.values[rng.usize(..field.values.len())].clone();
        field.key("constant", &constant);
        field.is_constant = true;
        return field;
    }
    if percent(rng, 25) {
        field.key("list", "true");
        field.is_list = true;
    }
    if percent(rng, 15) {
        field.nullable();
    }
    if field.kind == Kind::Choice && percent(rng, 50) {
        field.key("open", "true");
    }
    field
}

/// Draws a field of type `string`.
pub fn text(word: &str, rng: &mut Rng) -> Field {
    let mut field = blank(word, Kind::Text);
    field.values = ["\"aa\"", "\"bbb\"", "\"\u{1F3B7}\u{1F3B7}\""].map(str::to_owned).to_vec();
    let unit = one(rng, &["\"chars\"", "\"utf16\"", "\"bytes\"", ""]);
    if !unit.is_empty() {
        field.key("unit", unit);
    }
    if percent(rng, 25) {
        let pattern = draw_pattern(rng);
        field.key("pattern", &format!("'{pattern}'"));
        field.values.clear();
    }
    field
}

/// Sometimes gives the field a name in JSON that Rust would not allow.
fn rename(field: &mut Field, word: &str, title: &str, rng: &mut Rng) {
    match rng.u8(..8) {
        0 => {
            field.name = format!(" {word}-x");
            let is_type = matches!(field.kind, Kind::Choice | Kind::WholeChoice | Kind::Object);
            let key = if is_type { "setter" } else { "name" };
            field.key(key, &format!("\"{word}\""));
        }
        1 => {
            field.name = format!("my{title}");
            field.setter = format!("my_{word}");
        }
        _ => {}
    }
}
