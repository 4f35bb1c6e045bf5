//! The mode of a request, by the fields that are given.

use cover_spec::rules::{Const, Mode, Presence, Rules};
use serde_json::{Map, Value};

/// Why no single mode takes the fields.
#[derive(Debug, PartialEq)]
pub(crate) enum Misfits {
    /// No mode takes them. Each has something that keeps it from being used, and these come closest.
    None { all: Vec<Misfit>, closest: Vec<usize> },
    /// Several modes take them.
    Several(Vec<String>),
}

/// What keeps a mode from being used. Fields are indices.
#[derive(Debug, PartialEq)]
pub(crate) struct Misfit {
    pub(crate) mode: String,
    /// Fields that are not given, and must be.
    pub(crate) missing: Vec<usize>,
    /// Fields that are given, and must be left out or have another value.
    pub(crate) excess: Vec<usize>,
}

impl Misfits {
    /// Returns the modes that come closest.
    pub(super) fn closest(&self) -> &[usize] {
        match self {
            Self::None { closest, .. } => closest,
            Self::Several(_) => &[],
        }
    }
}

impl Misfit {
    fn count(&self) -> usize {
        self.missing.len() + self.excess.len()
    }
}

/// Chooses the mode of a request with these fields. If none takes them, the one wins that comes closest, so that its violations
/// are reported.
///
/// A field whose value every mode sets follows from the mode. Another field that is not given never gets the value of a mode,
/// except false: a vocal cover does not become an instrumental one because the lyrics were forgotten.
pub(super) fn select(rules: &Rules, given: &Map<String, Value>) -> Result<Option<usize>, Misfits> {
    if rules.modes.is_empty() {
        return Ok(None);
    }
    let misfits: Vec<Misfit> = (0..rules.modes.len()).map(|mode| misfit(rules, mode, given)).collect();
    let least = misfits.iter().map(Misfit::count).min().unwrap_or_default();
    let closest: Vec<usize> = (0..misfits.len()).filter(|mode| misfits[*mode].count() == least).collect();
    match closest[..] {
        [mode] => Ok(Some(mode)),
        _ if least == 0 => Err(Misfits::Several(closest.iter().map(|mode| misfits[*mode].mode.clone()).collect())),
        _ => Err(Misfits::None { all: misfits, closest }),
    }
}

/// Returns the mode with this name. Case and punctuation do not matter.
pub(super) fn named(rules: &Rules, name: &str) -> Option<usize> {
    let plain =
        |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect() };
    rules.modes.iter().position(|mode| plain(&mode.name) == plain(name))
}

/// Writes the values that a mode sets into a body, except where others are given.
pub(super) fn complete(rules: &Rules, mode: &Mode, body: &mut Map<String, Value>) {
    for (index, value) in mode.when.iter() {
        body.entry(rules.fields[*index].wire.to_string()).or_insert_with(|| json(value));
    }
}

fn misfit(rules: &Rules, mode: usize, given: &Map<String, Value>) -> Misfit {
    let table = &rules.modes[mode];
    let mut misfit = Misfit { mode: table.name.to_string(), missing: Vec::new(), excess: Vec::new() };
    for (index, field) in rules.fields.iter().enumerate() {
        let follows = field.presence.iter().all(|presence| *presence == Presence::Fixed);
        let is_missing = match (table.own_value(index), given.get(&*field.wire)) {
            (Some(own), Some(value)) if *value != json(own) => {
                misfit.excess.push(index);
                false
            }
            (Some(own), None) => !follows && *own != Const::Truth(false),
            (Some(_), Some(_)) => false,
            (None, given) => match field.presence.get(mode) {
                Some(Presence::Required) => given.is_none() && field.constant.is_none(),
                Some(Presence::Forbidden) if given.is_some() => {
                    misfit.excess.push(index);
                    false
                }
                _ => false,
            },
        };
        if is_missing {
            misfit.missing.push(index);
        }
    }
    misfit
}

fn json(value: &Const) -> Value {
    match value {
        Const::Text(text) => Value::from(&**text),
        Const::Truth(truth) => Value::from(*truth),
        Const::Number(number) => serde_json::from_str(&number.to_string()).unwrap_or(Value::Null),
    }
}
