//! Checks the entries by every rule that can be decided at compile time.

use cover_spec::model::{Field, Mode, Request};
use cover_spec::rules::{Const, Kind, Presence, Rule, Rules, Value, Violation, looks_like_web_address};
use proc_macro2::Span;
use syn::Error;

use super::input::{Call, Entry};
use super::value::{self, Given};

/// A checked request.
pub(super) struct Judged {
    pub(super) mode: usize,
    /// The entries, each with the index of its field and its value.
    pub(super) entries: Vec<(Entry, usize, Given)>,
    /// The fields that need no check at run time, one bit for each index.
    pub(super) decided: u64,
}

impl Judged {
    pub(super) fn of(call: &Call, entries: Vec<Entry>, errors: &mut Vec<Error>) -> Option<Self> {
        let request = &call.spec.request;
        let rules = call.spec.rules();
        let (modes, fields): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|entry| !request.modes.is_empty() && entry.name == "mode");
        let mode = mode(request, &modes, errors);
        let entries = known(call, fields, errors);
        let judged = Self { mode: mode?, decided: decided(&rules, &entries), entries };
        judged.check(request, &rules, modes.first(), errors);
        Some(judged)
    }

    /// Reports every broken rule under its entry, or under the mode where the entry is missing.
    fn check(&self, request: &Request, rules: &Rules, mode: Option<&Entry>, errors: &mut Vec<Error>) {
        let values = self.values(request, rules, errors);
        let Err(violations) = rules.check(self.mode, &values, looks_like_web_address) else { return };
        for violation in &violations {
            let entry =
                self.entries.iter().find(|(_, index, _)| violation.fields().contains(&rules.fields[*index].wire));
            let message = message(request, violation);
            errors.push(match (entry, mode, violation.rule()) {
                (Some((entry, ..)), _, Rule::Forbidden) => Error::new(entry.name.span(), message),
                (Some((entry, ..)), ..) => entry.error(message),
                (None, Some(mode), _) => mode.error(message),
                (None, None, _) => Error::new(Span::call_site(), message),
            });
        }
    }

    /// Returns the value of each field of the table. A field that the mode sets is reported, and has none.
    fn values<'a>(&'a self, request: &'a Request, rules: &'a Rules, errors: &mut Vec<Error>) -> Vec<Option<Value<'a>>> {
        let mut values: Vec<Option<Value<'_>>> =
            rules.fields.iter().map(|field| field.constant.as_ref().map(Const::value)).collect();
        for (entry, index, given) in &self.entries {
            let field = &request.fields[*index];
            if rules.fields[*index].presence.get(self.mode) == Some(&Presence::Fixed) {
                errors.push(Error::new(entry.name.span(), fixed(field, request.modes.get(self.mode))));
            } else {
                values[*index] = Some(given.as_value(field));
            }
        }
        values
    }
}

/// Returns the message of a violation, in the words of the builder's messages where it has one.
fn message(request: &Request, violation: &Violation) -> String {
    let name = request.field(violation.field()).map_or(violation.field(), |field| &field.rust);
    let place = violation.mode().map(|mode| format!(" in `{mode}` mode")).unwrap_or_default();
    let why = violation.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
    match violation.rule() {
        Rule::Required => format!("`{name}` is required{place}{why}"),
        Rule::Forbidden => format!("`{name}` must be left out{place}{why}"),
        _ => violation.to_string(),
    }
}

fn fixed(field: &Field, mode: Option<&Mode>) -> String {
    let mode = mode.expect("only a mode fixes a field");
    let value = mode.own_value(field).expect("a mode has a value for each field that it fixes");
    format!("`{}` is always {value} in `{}` mode", *field.rust, *mode.name)
}

/// Returns the index of the mode.
fn mode(request: &Request, entries: &[Entry], errors: &mut Vec<Error>) -> Option<usize> {
    let names = || request.modes.iter().map(|mode| mode.name.as_str());
    if let [_, again, ..] = entries {
        errors.push(Error::new(again.name.span(), "`mode` is already set"));
    }
    let Some(entry) = entries.first() else {
        if request.modes.is_empty() {
            return Some(0);
        }
        let message = format!("`mode` is missing; {}", cover_spec::suggestion("", names()));
        errors.push(Error::new(Span::call_site(), message));
        return None;
    };
    let given: String = entry.value.iter().map(ToString::to_string).collect();
    let found = names().position(|name| name == given);
    if found.is_none() {
        let message = format!("unknown mode `{given}`: {}", cover_spec::suggestion(&given, names()));
        errors.push(entry.error(message));
    }
    found
}

/// Returns the entries whose field exists, each once, with the index of the field and the value.
fn known(call: &Call, entries: Vec<Entry>, errors: &mut Vec<Error>) -> Vec<(Entry, usize, Given)> {
    let request = &call.spec.request;
    let mut known: Vec<(Entry, usize, Given)> = Vec::new();
    for entry in entries {
        let Some(index) = request.fields.iter().position(|field| entry.name == field.rust.as_str()) else {
            let names = request.fields.iter().map(|field| field.rust.as_str());
            let given = entry.name.to_string();
            let message = format!("no such field `{given}`: {}", cover_spec::suggestion(&given, names));
            errors.push(Error::new(entry.name.span(), message));
            continue;
        };
        if let Some(constant) = &request.fields[index].constant {
            let message = format!("`{}` is always {}: leave it out", entry.name, constant.value);
            errors.push(Error::new(entry.name.span(), message));
            continue;
        }
        if known.iter().any(|(_, other, _)| *other == index) {
            errors.push(Error::new(entry.name.span(), format!("`{}` is already set", entry.name)));
            continue;
        }
        match value::read(&entry, &request.fields[index], call) {
            Ok(given) => known.push((entry, index, given)),
            Err(error) => {
                errors.push(error);
                // The field is there, so it must not be reported as missing too.
                known.push((entry, index, Given::Expression));
            }
        }
    }
    known
}

/// Returns the fields that need no check at run time. The model needs one, since limits of other fields depend on it.
fn decided(rules: &Rules, entries: &[(Entry, usize, Given)]) -> u64 {
    let model_is_known = entries.iter().any(|(_, index, given)| Some(*index) == rules.model && given.is_known());
    let sure = |(_, index, given): &&(Entry, usize, Given)| {
        let by_model = rules.fields[*index].limits.iter().any(|limit| limit.models != u64::MAX);
        // Only the running program has the full parser of addresses.
        let is_address = rules.fields[*index].kind == Kind::Url;
        let known = given.is_known() && (model_is_known || !by_model) && !is_address && *index < 64;
        known && Some(*index) != rules.model && !asked(rules, *index)
    };
    entries.iter().filter(sure).fold(0, |bits, (_, index, _)| bits | 1 << index)
}

/// Returns whether another field's rule depends on this field, or one of its own on other fields.
fn asked(rules: &Rules, index: usize) -> bool {
    let field = &rules.fields[index];
    let limits = rules.fields.iter().flat_map(|field| field.limits.iter()).flat_map(|limit| limit.when.iter());
    let own = rules.fields.iter().flat_map(|field| field.conditions.iter()).flat_map(|it| it.any.iter());
    let relations = rules.relations.iter().flat_map(|relation| relation.when.iter());
    limits.chain(own).chain(relations).any(|condition| condition.terms.iter().any(|term| term.field == index))
        || rules.relations.iter().any(|relation| relation.fields.contains(&index))
        || !field.conditions.is_empty()
        || field.limits.iter().any(|limit| !limit.when.is_empty())
}
