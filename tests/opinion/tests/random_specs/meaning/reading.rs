//! A spec as plain values. It must be one without faults, so that every reference has a target.

use toml::{Table, Value};

use super::pattern::Pattern;
use super::prices::Prices;
use crate::json::Json;

pub struct Spec {
    pub fields: Vec<Field>,
    /// A spec without modes has one without a condition.
    pub modes: Vec<Mode>,
    pub model: Option<usize>,
    pub groups: Vec<Group>,
    pub totals: Vec<Total>,
    pub differences: Vec<Difference>,
    pub prices: Option<Prices>,
}

#[derive(Default)]
pub struct Mode {
    pub name: String,
    pub when: Vec<(usize, Json)>,
}

pub struct Field {
    pub name: String,
    pub kind: Kind,
    pub is_list: bool,
    pub is_nullable: bool,
    pub is_open: bool,
    pub constant: Option<Json>,
    /// The default, and for each mode whether it counts there.
    pub default: Option<(Json, Vec<bool>)>,
    /// For each mode.
    pub presence: Vec<Presence>,
    pub required_when: Conditions,
    pub allowed_when: Conditions,
    pub forbidden_when: Conditions,
    /// The values of a choice, and those of a boolean that have conditions.
    pub values: Vec<Choice>,
    pub limits: Vec<Limit>,
    pub pattern: Option<Pattern>,
    /// The members of an object.
    pub members: Vec<Field>,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Text(Unit),
    Address,
    Truth,
    Integer,
    Number,
    Choice,
    Object,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Unit {
    Chars,
    Utf16,
    Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Presence {
    Required,
    Optional,
    Forbidden,
    /// The mode sets the field.
    Set,
}

pub struct Choice {
    pub value: Json,
    pub allowed_when: Conditions,
    pub forbidden_when: Conditions,
}

/// All of these fields match.
pub type Condition = Vec<(usize, Matcher)>;

/// One of several conditions holds.
pub type Conditions = Option<Vec<Condition>>;

pub enum Matcher {
    Given(bool),
    Any(Vec<Json>),
}

/// Where a rule holds.
pub struct Scope {
    /// For each mode.
    pub modes: Vec<bool>,
    pub models: Option<Vec<Json>>,
    pub when: Conditions,
}

pub struct Limit {
    pub scope: Scope,
    pub bounds: Bounds,
}

/// The keys of limits, and their figures.
pub type Bounds = Vec<(String, f64)>;

pub struct Group {
    pub scope: Scope,
    pub key: String,
    /// Several lists for `exactly_one`, otherwise one.
    pub lists: Vec<Vec<usize>>,
}

pub struct Total {
    pub scope: Scope,
    pub counts_items: bool,
    pub fields: Vec<usize>,
    pub min: Option<f64>,
    pub max: Option<f64>,
}

pub struct Difference {
    pub scope: Scope,
    pub larger: usize,
    pub smaller: usize,
    pub min: Option<f64>,
    pub max: Option<f64>,
}

impl Spec {
    /// Reads a spec without faults.
    pub fn read(text: &str) -> Self {
        let table: Table = text.parse().expect("TOML");
        let reader = Reader::of(&table);
        let model = table["request"].get("model").and_then(Value::as_str).map(|name| reader.place(name));
        let field = |(name, field): &(&str, &Table)| reader.field(name, field, reader.presence(name, field));
        let fields = reader.fields.iter().map(field).collect();
        let entries = |key| table.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table);
        Self {
            fields,
            model,
            groups: entries("groups").map(|entry| reader.group(entry)).collect(),
            totals: entries("totals").map(|entry| reader.total(entry)).collect(),
            differences: entries("differences").map(|entry| reader.difference(entry)).collect(),
            modes: reader.modes(),
            prices: Prices::read(&table, &reader),
        }
    }
}

pub struct Reader<'a> {
    fields: Vec<(&'a str, &'a Table)>,
    modes: Vec<(&'a str, &'a Table)>,
    classes: Option<&'a Table>,
    model: Option<&'a str>,
    none: Table,
}

impl<'a> Reader<'a> {
    fn of(table: &'a Table) -> Self {
        Self {
            fields: tables(table.get("fields")),
            modes: tables(table.get("modes")),
            classes: table.get("classes").and_then(Value::as_table),
            model: table["request"].get("model").and_then(Value::as_str),
            none: Table::new(),
        }
    }

    fn place(&self, name: &str) -> usize {
        self.fields.iter().position(|(field, _)| *field == name).expect("a field")
    }

    fn places(&self, names: &Value) -> Vec<usize> {
        names.as_array().into_iter().flatten().filter_map(Value::as_str).map(|name| self.place(name)).collect()
    }

    fn modes(&self) -> Vec<Mode> {
        if self.modes.is_empty() {
            return vec![Mode::default()];
        }
        let when = |mode: &Table| {
            mode["when"]
                .as_table()
                .into_iter()
                .flatten()
                .map(|(field, value)| (self.place(field), value.into()))
                .collect()
        };
        self.modes.iter().map(|(name, mode)| Mode { name: (*name).to_owned(), when: when(mode) }).collect()
    }

    /// Returns for each mode whether the list names it, itself or by its first part.
    fn listed(&self, list: Option<&Value>) -> Vec<bool> {
        let names: Vec<&str> = list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let modes = self.modes.iter().map(|(mode, _)| *mode);
        let listed = |mode: &str| {
            let first = mode.split('<').next().unwrap_or(mode);
            names.iter().any(|name| *name == mode || *name == first)
        };
        if self.modes.is_empty() { vec![false] } else { modes.map(listed).collect() }
    }

    fn scope(&self, entry: &Table) -> Scope {
        let count = self.modes.len().max(1);
        Scope {
            modes: entry.get("modes").map_or(vec![true; count], |modes| self.listed(Some(modes))),
            models: entry.get("models").map(|models| self.models(models)),
            when: self.conditions(entry.get("when")),
        }
    }

    fn models(&self, names: &Value) -> Vec<Json> {
        let one = std::slice::from_ref(names);
        let names = names.as_array().map_or(one, Vec::as_slice);
        let class =
            |name: &Value| self.classes.and_then(|classes| classes.get(name.as_str()?)).and_then(Value::as_array);
        names
            .iter()
            .flat_map(|name| class(name).map_or(vec![name.into()], |it| it.iter().map(Json::from).collect()))
            .collect()
    }

    pub fn conditions(&self, value: Option<&Value>) -> Conditions {
        let condition =
            |table: &Table| table.iter().map(|(field, it)| (self.place(field), self.matcher(field, it))).collect();
        match value? {
            Value::Table(table) => Some(vec![condition(table)]),
            Value::Array(several) => Some(several.iter().filter_map(Value::as_table).map(condition).collect()),
            _ => None,
        }
    }

    fn matcher(&self, field: &str, value: &Value) -> Matcher {
        if let Some(given) = value.get("given").and_then(Value::as_bool) {
            return Matcher::Given(given);
        }
        if self.model == Some(field) {
            return Matcher::Any(self.models(value));
        }
        match Json::from(value) {
            Json::List(values) => Matcher::Any(values),
            one => Matcher::Any(vec![one]),
        }
    }

    fn field(&self, name: &str, field: &Table, presence: Vec<Presence>) -> Field {
        let kind = kind(field);
        let mut limits = vec![Limit { scope: self.scope(&self.none), bounds: bounds(field) }];
        let further = field.get("limits").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table);
        limits.extend(further.map(|limit| Limit { scope: self.scope(limit), bounds: bounds(limit) }));
        let flag = |key: &str| field.get(key).and_then(Value::as_bool) == Some(true);
        let values = field.get("values").and_then(Value::as_table).unwrap_or(&self.none);
        let whole = field.get("of").and_then(Value::as_str) == Some("integer");
        let value = |text: &str| match kind {
            Kind::Truth => Json::Truth(text == "true"),
            _ if whole => Json::Number(text.to_owned()),
            _ => Json::text(text),
        };
        let conditions = |key: &str, table: &Value| self.conditions(table.get(key));
        let values = values.iter().map(|(text, table)| Choice {
            value: value(text),
            allowed_when: conditions("allowed_when", table),
            forbidden_when: conditions("forbidden_when", table),
        });
        Field {
            name: name.to_owned(),
            kind,
            is_list: flag("list"),
            is_nullable: flag("nullable"),
            is_open: flag("open"),
            constant: field.get("constant").map(Json::from),
            default: field.get("default").map(|default| self.default(default)),
            presence,
            required_when: self.conditions(field.get("required_when")),
            allowed_when: self.conditions(field.get("allowed_when")),
            forbidden_when: self.conditions(field.get("forbidden_when")),
            values: values.collect(),
            limits,
            pattern: field.get("pattern").and_then(Value::as_str).map(Pattern::read),
            members: tables(field.get("fields")).into_iter().map(|(name, member)| self.member(name, member)).collect(),
        }
    }

    fn member(&self, name: &str, member: &Table) -> Field {
        let is_required = member.get("required").and_then(Value::as_bool) == Some(true);
        self.field(name, member, vec![if is_required { Presence::Required } else { Presence::Optional }])
    }

    fn default(&self, default: &Value) -> (Json, Vec<bool>) {
        match default.as_table() {
            Some(table) => ((&table["value"]).into(), self.scope(table).modes),
            None => (default.into(), vec![true; self.modes.len().max(1)]),
        }
    }

    fn presence(&self, name: &str, field: &Table) -> Vec<Presence> {
        const ALL: [(&str, Presence); 3] =
            [("required", Presence::Required), ("optional", Presence::Optional), ("forbidden", Presence::Forbidden)];
        let said_by_field = |mode: usize| {
            ALL.into_iter().find(|(key, _)| match field.get(*key) {
                Some(Value::String(_)) => true,
                modes => self.listed(modes)[mode],
            })
        };
        let said_by_mode = |mode: &Table| {
            let names = |key: &str| mode.get(key).and_then(Value::as_array).is_some_and(|it| it.contains(&name.into()));
            ALL.into_iter().find(|(key, _)| names(key))
        };
        let others = |mode: &Table| ALL.into_iter().find(|(key, _)| mode.get(*key).and_then(Value::as_str).is_some());
        let is_constant = field.contains_key("constant");
        let presence = |(place, (_, mode)): (usize, &(&str, &Table))| {
            if mode["when"].get(name).is_some() {
                return Presence::Set;
            }
            let said = said_by_field(place).or_else(|| said_by_mode(mode)).or_else(|| others(mode));
            if is_constant { Presence::Required } else { said.expect("a presence").1 }
        };
        if self.modes.is_empty() {
            let said = said_by_field(0).map(|said| said.1);
            return vec![if is_constant { Presence::Required } else { said.expect("a presence") }];
        }
        self.modes.iter().enumerate().map(presence).collect()
    }

    fn group(&self, entry: &Table) -> Group {
        let keys = ["at_least_one", "at_most_one", "all_or_none", "exactly_one"];
        let key = keys.into_iter().find(|key| entry.contains_key(*key)).expect("a key of groups");
        let lists = match key {
            "exactly_one" => entry[key].as_array().into_iter().flatten().map(|list| self.places(list)).collect(),
            _ => vec![self.places(&entry[key])],
        };
        Group { scope: self.scope(entry), key: key.to_owned(), lists }
    }

    fn total(&self, entry: &Table) -> Total {
        let counts_items = entry.contains_key("items");
        Total {
            scope: self.scope(entry),
            counts_items,
            fields: self.places(&entry[if counts_items { "items" } else { "length" }]),
            min: entry.get("min").and_then(figure),
            max: entry.get("max").and_then(figure),
        }
    }

    fn difference(&self, entry: &Table) -> Difference {
        let place = |key: &str| self.place(entry[key].as_str().unwrap_or_default());
        Difference {
            scope: self.scope(entry),
            larger: place("larger"),
            smaller: place("smaller"),
            min: entry.get("min").and_then(figure),
            max: entry.get("max").and_then(figure),
        }
    }
}

fn tables(value: Option<&Value>) -> Vec<(&str, &Table)> {
    let entries = value.and_then(Value::as_table).into_iter().flatten();
    entries.filter_map(|(name, table)| Some((name.as_str(), table.as_table()?))).collect()
}

fn kind(field: &Table) -> Kind {
    match (field["type"].as_str(), field.get("unit").and_then(Value::as_str)) {
        (Some("string"), Some("utf16")) => Kind::Text(Unit::Utf16),
        (Some("string"), Some("bytes")) => Kind::Text(Unit::Bytes),
        (Some("string"), _) => Kind::Text(Unit::Chars),
        (Some("url"), _) => Kind::Address,
        (Some("boolean"), _) => Kind::Truth,
        (Some("integer"), _) => Kind::Integer,
        (Some("number"), _) => Kind::Number,
        (Some("object"), _) => Kind::Object,
        _ => Kind::Choice,
    }
}

fn bounds(table: &Table) -> Bounds {
    let keys = [
        "min_length",
        "max_length",
        "max_bytes",
        "min",
        "max",
        "exclusive_min",
        "exclusive_max",
        "multiple_of",
        "min_items",
        "max_items",
    ];
    keys.into_iter().filter_map(|key| Some((key.to_owned(), figure(table.get(key)?)?))).collect()
}

#[expect(clippy::cast_precision_loss, reason = "the specs have small numbers")]
fn figure(value: &Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64))
}
