//! The checker: the values of a request, and whether they keep the rules.

use std::collections::BTreeSet;

use super::context::Context;
use super::field::is_fit_unlisted;
use super::violations::Found;
use super::{Condition, Field, IsAddress, Kind, Names, Rule, Rules, Str, Value, Violation, Violations};

/// The values of a request that are given by name, such as those of a JSON object. Each has the index of its field.
#[derive(Debug)]
pub struct Placed<'r, 'v> {
    rules: &'r Rules,
    values: Vec<Option<Value<'v>>>,
    /// Violations for names that the request does not have.
    unknown: Found,
    /// Indices of the fields that are given more than once.
    twice: BTreeSet<usize>,
}

impl<'r, 'v> Placed<'r, 'v> {
    /// Creates a request without values.
    #[must_use]
    pub fn none(rules: &'r Rules) -> Self {
        Self { rules, values: vec![None; rules.fields.len()], unknown: Found::default(), twice: BTreeSet::new() }
    }

    /// Returns the field with this name, and the free place for its value.
    ///
    /// `None` means that a rule is broken: the name is unknown, or its field already has a value.
    pub fn place(&mut self, name: &str) -> Option<(&'r Field, &mut Option<Value<'v>>)> {
        let fields: &'r [Field] = &self.rules.fields;
        let Some((index, field)) = fields.iter().enumerate().find(|(_, field)| field.wire == name) else {
            self.unknown.push(Violation::unknown(name));
            return None;
        };
        let place = self.values.get_mut(index).filter(|place| place.is_none());
        if place.is_none() {
            self.twice.insert(index);
        }
        Some((field, place?))
    }

    /// Takes values of open choices that the spec does not list. `like` returns the listed value whose rules they have to keep, for
    /// the name of a field and its listed values; `None` leaves the value as it is, which breaks a rule. `keep` is called with each
    /// text that may be sent, and returns whether there is room for it.
    pub fn take_unlisted(&mut self, like: impl Fn(&str, &[Str]) -> Option<String>, keep: impl Fn(&str) -> bool) {
        let take = |field: &Field, choices: &[Str], value: &mut Value<'v>| {
            if let Value::Text(text) = &*value
                && !choices.iter().any(|choice| choice == text)
                && let Some(like) = like(&field.wire, choices)
            {
                *value = if is_fit_unlisted(text) && !keep(text) {
                    Value::TooMany
                } else {
                    Value::Unlisted { text: text.clone(), like: like.into() }
                };
            }
        };
        for (field, value) in self.rules.fields.iter().zip(&mut self.values) {
            match (&field.kind, value) {
                (Kind::Choice(choices), Some(Value::List(items) | Value::Cut { items, .. })) if field.open => {
                    for item in items {
                        take(field, choices, item);
                    }
                }
                (Kind::Choice(choices), Some(value)) if field.open => take(field, choices, value),
                _ => {}
            }
        }
    }

    /// Puts a value into the place of its field.
    pub fn put(&mut self, name: &str, value: Value<'v>) {
        if let Some((_, place)) = self.place(name) {
            *place = Some(value);
        }
    }

    /// Finds the mode and checks all rules. Returns the index of the mode, and the values in the order of the fields.
    ///
    /// The index is 0 if the request has no modes.
    ///
    /// # Errors
    ///
    /// Returns every broken rule, including unknown fields. If no mode fits, only rules that hold in every mode are checked.
    #[expect(clippy::missing_panics_doc, reason = "a request that fits no mode breaks a rule")]
    pub fn check(self, is_address: IsAddress) -> Result<(usize, Vec<Option<Value<'v>>>), Violations> {
        let Self { rules, values, unknown, twice } = self;
        let mut found = Found::default();
        found.extend(twice.into_iter().map(|index| Violation::of(&rules.fields[index], Rule::Twice, Names::Wire)));
        let mode = rules.mode_of(&values);
        if mode.is_none() {
            found.extend(rules.what_no_mode_has(&values));
        }
        Context::of(rules, mode, &values, Names::Wire, is_address).violations(&mut found);
        found.preceded_by(unknown).result()?;
        Ok((mode.expect("a request that fits no mode breaks a rule"), values))
    }
}

impl Rules {
    /// Checks the values of a request in a known mode. `values` has one entry for each field, in the order of the fields.
    ///
    /// # Errors
    ///
    /// Returns every broken rule.
    pub fn check(&self, mode: usize, values: &[Option<Value<'_>>], is_address: IsAddress) -> Result<(), Violations> {
        let mut found = Found::default();
        Context::of(self, Some(mode), values, Names::Rust, is_address).violations(&mut found);
        found.result()
    }

    /// Whether one of the conditions holds. `None` if that depends on values that are not known yet.
    pub(crate) fn any_holds(&self, mode: usize, values: &[Option<Value<'_>>], any: &[Condition]) -> Option<bool> {
        Context::of(self, Some(mode), values, Names::Wire, |_| true).any_holds(any)
    }

    /// Whether values in a known mode keep these conditions, each of a field, and these rules over several fields.
    /// Violations of `but` do not count.
    #[cfg(feature = "language")]
    pub(crate) fn keeps(
        &self,
        mode: usize,
        values: &[Option<Value<'_>>],
        conditions: &[(usize, &super::Conditional)],
        relations: &[&super::Relation],
        but: Rule,
    ) -> bool {
        let context = Context::of(self, Some(mode), values, Names::Wire, |_| true);
        conditions.iter().all(|(field, it)| !context.breaks(it, context.sent(*field).as_deref()))
            && relations.iter().all(|it| context.relation(it).is_none_or(|violation| violation.rule() == but))
    }

    fn mode_of(&self, values: &[Option<Value<'_>>]) -> Option<usize> {
        if self.modes.is_empty() {
            return Some(0);
        }
        (0..self.modes.len()).find(|mode| self.misfits(*mode, values).next().is_none())
    }

    /// Returns the fields whose value is not that of the mode.
    fn misfits<'a>(&'a self, mode: usize, values: &'a [Option<Value<'_>>]) -> impl Iterator<Item = usize> + 'a {
        let fits = move |field: usize, wanted: &super::Const| match &values[field] {
            Some(given) => wanted.is(given) == Some(true),
            None => self.fields[field].default_in(Some(mode)) == Some(wanted),
        };
        self.modes[mode].when.iter().filter(move |(field, wanted)| !fits(*field, wanted)).map(|(field, _)| *field)
    }

    /// Returns the differences from the nearest mode. Wrong types are reported with those of other fields.
    fn what_no_mode_has(&self, values: &[Option<Value<'_>>]) -> Vec<Violation> {
        let misfits = (0..self.modes.len()).map(|mode| self.misfits(mode, values).collect::<Vec<_>>());
        let nearest = misfits.min_by_key(Vec::len).expect("a request without modes has no misfits");
        let reported = nearest.into_iter().filter_map(|index| {
            let field = &self.fields[index];
            let rule = match &values[index] {
                None => Rule::Required,
                Some(value) if field.kind.takes(value) => Rule::Mode,
                Some(Value::Later) => Rule::Mode,
                Some(Value::Null) if field.nullable => Rule::Mode,
                Some(_) => return None,
            };
            Some(Violation::of(field, rule, Names::Wire))
        });
        reported.collect()
    }
}

impl Context<'_> {
    fn violations(&self, found: &mut Found) {
        for (index, (field, value)) in self.rules.fields.iter().zip(self.values).enumerate() {
            self.field(index, field, value.as_ref(), found);
        }
        for relation in self.rules.relations.iter() {
            found.extend(self.relation(relation));
        }
    }
}
