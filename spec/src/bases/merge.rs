use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::head::Head;
use super::view::View;
use crate::fault::Fault;
use crate::model::Inherited;
use crate::source::{Span, Unavailable, in_short};
use crate::suggest::suggestion;

/// Tables whose missing keys are inherited.
const BY_KEY: &[&str] = &["service", "envelope", "rate_limit", "credits", "poll", "cancel", "callback", "upload"];
/// Tables that are inherited as a whole.
const WHOLE: &[&str] = &["codes", "statuses", "failures", "results"];
/// Keys of `[service]` that are never inherited.
const IDENTITY: [&str; 2] = ["name", "id"];

/// Adds to a file what it takes from its base.
pub(super) struct Merge<'m, 't> {
    pub(super) own: View<'t>,
    pub(super) base: &'m View<'t>,
    pub(super) head: &'m Head,
}

impl Merge<'_, '_> {
    /// Adds everything but fields and classes.
    pub(super) fn tables(&mut self) {
        self.unknown_in_without();
        let own_url = place_in(&self.own.table, "service", "base_url");
        let has_cost = place_in(&self.own.table, "credits", "cost").is_some();
        let has_path = place_in(&self.own.table, "poll", "path").is_some();
        // They say together how the id of the task is sent.
        let sends_id = ["path", "query", "body"].iter().any(|key| place_in(&self.own.table, "cancel", key).is_some());
        let service = place_of(&self.own.table, "service").or(self.own.base);
        let polls = self.own.table.contains_key("poll") || !self.head.is_without("poll");
        // Without a poll there is no task that could fail.
        let is_kept = |name: &str| !self.head.is_without(name) && (name != "failures" || polls);
        for name in WHOLE.iter().filter(|name| is_kept(name)) {
            if let Some((key, value)) = self.base.table.get_key_value(*name)
                && !self.own.table.contains_key(*name)
            {
                self.own.inherited.push(inherited((*name).to_owned(), value));
                self.own.table.insert(key.clone(), value.clone());
            }
        }
        // Another service takes other uploads, and must not get them with its key at the host of this one.
        let is_other = |name: &str| name == "upload" && own_url.is_some();
        for name in BY_KEY.iter().filter(|name| !self.head.is_without(name) && !is_other(name)) {
            self.add_keys(name, |key| match (*name, key) {
                ("service", "account") | ("poll" | "credits", "path") => own_url.is_some(),
                ("service", key) => IDENTITY.contains(&key),
                ("poll", "query") => own_url.is_some() || has_path,
                ("credits", "costs") => has_cost,
                ("cancel", "path" | "query" | "body") => own_url.is_some() || sends_id,
                _ => false,
            });
        }
        if self.own.parts.is_some() {
            return;
        }
        if let Some(service) = service {
            self.needs_identity(service);
        }
        if let Some(url) = own_url {
            self.needs_path("poll", url, "");
            self.needs_path("credits", url, ", or write `without = [\"credits\"]`");
            self.needs_path("cancel", url, ", or write `without = [\"cancel\"]`");
        }
    }

    /// Reports names in `without` that the base does not have.
    fn unknown_in_without(&mut self) {
        let base = &self.base.table;
        let tables = BY_KEY.iter().chain(WHOLE).filter(|name| base.contains_key(**name)).map(|name| (*name).to_owned());
        let keys = BY_KEY.iter().flat_map(|name| {
            let table = base.get(*name).and_then(|value| value.get_ref().as_table());
            table.into_iter().flatten().map(move |(key, _)| dotted(name, key.get_ref()))
        });
        let known: Vec<String> = tables.chain(keys).collect();
        for name in self.head.without.iter().filter(|name| !known.contains(&name.value)) {
            if base.contains_key(name.as_str()) {
                let message = format!("`{}` is never inherited", name.value);
                self.own.unknown.push(name.fault(message, "remove it from `without`"));
                continue;
            }
            let message = format!("the base `{}` has nothing named `{}`", self.base.path, name.value);
            self.own.unknown.push(name.fault(message, suggestion(name, known.iter().map(String::as_str))));
        }
    }

    /// Adds the keys that the file's table lacks, but for those that are `kept` back.
    fn add_keys(&mut self, name: &str, kept: impl Fn(&str) -> bool) {
        let Some((key, base)) = self.base.table.get_key_value(name) else { return };
        let left_out = |key: &str| kept(key) || self.head.is_without(&dotted(name, key));
        let added = add_missing(&mut self.own.table, (key, base), name, left_out);
        self.own.inherited.extend(added);
    }

    /// Explains that `name` and `id` are not inherited. `place` is that of the file's own `[service]`, or names the base.
    fn needs_identity(&mut self, place: Span) {
        let Some(table) = place_of(&self.own.table, "service") else { return };
        let missing: Vec<&'static str> =
            IDENTITY.into_iter().filter(|key| place_in(&self.own.table, "service", key).is_none()).collect();
        let names = missing.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" and ");
        let verb = if missing.len() == 1 { "is" } else { "are" };
        let message = format!("{names} of `[service]` {verb} not inherited");
        let label = format!("add {names} under `[service]`; a client refuses handles with another `id`");
        let fault = Fault::new(message, place.into(), label);
        self.own.unavailable.extend(missing.iter().map(|key| Unavailable { table, key, fault: fault.clone() }));
    }

    /// Explains that a path is not inherited because the file has another base URL at `url`.
    fn needs_path(&mut self, name: &str, url: Span, otherwise: &str) {
        let Some(table) = place_of(&self.own.table, name) else { return };
        let message = format!("`path` of `[{name}]` is not inherited, because this spec has its own `base_url`");
        let label = format!("add `path = …` under `[{name}]`, or remove this{otherwise}");
        let fault = Fault::new(message, url.into(), label);
        self.own.unavailable.push(Unavailable { table, key: "path", fault });
    }
}

/// Adds the keys of a table of a base that the table of the same name lacks, and returns what was added.
pub(super) fn add_missing<'t>(
    own: &mut DeTable<'t>,
    (key, base): (&Spanned<DeString<'t>>, &Spanned<DeValue<'t>>),
    name: &str,
    left_out: impl Fn(&str) -> bool,
) -> Vec<Inherited> {
    let Some(base_table) = base.get_ref().as_table() else { return Vec::new() };
    let missing = |own: &DeTable<'t>| -> DeTable<'t> {
        let wanted =
            base_table.iter().filter(|(key, _)| !own.contains_key(&**key.get_ref()) && !left_out(key.get_ref()));
        wanted.map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    let added = match own.get_mut(&**key.get_ref()).map(Spanned::get_mut) {
        Some(DeValue::Table(table)) => {
            let added = missing(table);
            table.extend(added.clone());
            added
        }
        Some(_) => return Vec::new(),
        None => {
            let added = missing(&DeTable::new());
            own.insert(key.clone(), Spanned::new(base.span(), DeValue::Table(added.clone())));
            added
        }
    };
    added.iter().map(|(key, value)| inherited(dotted(name, key.get_ref()), value)).collect()
}

pub(super) fn inherited(name: String, value: &Spanned<DeValue<'_>>) -> Inherited {
    let is_table = value.get_ref().is_table();
    Inherited { name, value: in_short(value.get_ref()), is_table, place: value.span().into() }
}

/// Returns the name of a key in a table, as TOML writes it.
pub(super) fn dotted(table: &str, key: &str) -> String {
    let is_bare = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if is_bare { format!("{table}.{key}") } else { format!("{table}.{key:?}") }
}

/// Returns the place of a key in a table.
fn place_in(table: &DeTable<'_>, name: &str, key: &str) -> Option<Span> {
    table.get(name).and_then(|value| place_of(value.get_ref().as_table()?, key))
}

/// Returns the place of a key.
fn place_of(table: &DeTable<'_>, name: &str) -> Option<Span> {
    table.get_key_value(name).map(|(key, _)| key.span().into())
}
