use std::borrow::Cow;
use std::collections::BTreeSet;

use super::field::Context;
use super::violations::Found;
use super::{Field, Kind, Names, Rule, Rules, Violation, Violations};

/// A value of a field, borrowed from a request or from JSON.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// A text, an address or a choice.
    Text(Cow<'a, str>),
    /// A number.
    Number(f64),
    /// True or false.
    Truth(bool),
    /// Several values.
    List(Vec<Value<'a>>),
    /// A list that no request can hold: its first items, how many there are, and how many of the others have a wrong type.
    Cut {
        /// The first items.
        items: Vec<Value<'a>>,
        /// How many items there are.
        count: usize,
        /// How many of the items that are not kept have a wrong type.
        wrong: usize,
    },
    /// The value that JSON has for none.
    Null,
    /// What no field holds: an object.
    Other,
    /// Something that is given, but not known yet. It keeps every rule about values.
    Later,
}

impl<'a> Value<'a> {
    /// A text that stands elsewhere.
    #[must_use]
    pub fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// A whole number. Beyond 2^53, where a field takes none, it is rounded.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "what is not exact is refused")]
    pub fn integer(number: i64) -> Self {
        Self::Number(number as f64)
    }
}

/// The named values of a request, such as those of a JSON object, each at the index of its field.
#[derive(Debug)]
pub struct Placed<'r, 'v> {
    rules: &'r Rules,
    values: Vec<Option<Value<'v>>>,
    /// Names that the request does not have.
    unknown: Found,
    /// The fields that are given more than once, by their index.
    twice: BTreeSet<usize>,
}

impl<'r, 'v> Placed<'r, 'v> {
    /// None yet.
    #[must_use]
    pub fn none(rules: &'r Rules) -> Self {
        Self { rules, values: vec![None; rules.fields.len()], unknown: Found::default(), twice: BTreeSet::new() }
    }

    /// Finds the place for the value of this name, which is free, and its field. Without one, a rule is broken whatever the
    /// value is.
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

    /// Puts a value where its name belongs.
    pub fn put(&mut self, name: &str, value: Value<'v>) {
        if let Some((_, place)) = self.place(name) {
            *place = Some(value);
        }
    }

    /// Finds the mode and gives its index (0 where the request has no modes), and the values in the order of the table.
    ///
    /// # Errors
    ///
    /// Every broken rule, unknown fields included. Where no mode fits, the rules that hold in every mode are checked.
    pub fn check(self, is_address: IsAddress) -> Result<(usize, Vec<Option<Value<'v>>>), Violations> {
        let Self { rules, values, unknown, twice } = self;
        let mut found = Found::default();
        found.extend(twice.into_iter().map(|index| Violation::of(&rules.fields[index], Rule::Twice, Names::Wire)));
        let mode = rules.mode_of(&values);
        if mode.is_none() {
            found.extend(rules.what_no_mode_has(&values));
        }
        Context::of(rules, mode, &values, Names::Wire, is_address).violations(&mut found);
        found.preceded_by(unknown).result().map(|()| (mode.unwrap_or_default(), values))
    }
}

/// Decides whether a text is an address: [`looks_like_web_address`](super::looks_like_web_address), or a full parser.
pub type IsAddress = fn(&str) -> bool;

impl Rules {
    /// Checks the values of a request whose mode is known: one for each field, in the order of the table.
    ///
    /// # Errors
    ///
    /// Every broken rule.
    pub fn check(&self, mode: usize, values: &[Option<Value<'_>>], is_address: IsAddress) -> Result<(), Violations> {
        let mut found = Found::default();
        Context::of(self, Some(mode), values, Names::Rust, is_address).violations(&mut found);
        found.result()
    }

    fn mode_of(&self, values: &[Option<Value<'_>>]) -> Option<usize> {
        if self.modes.is_empty() {
            return Some(0);
        }
        self.modes.iter().position(|mode| self.misfits(mode, values).next().is_none())
    }

    /// The fields that do not have the value of the mode.
    fn misfits<'a>(
        &'a self,
        mode: &'a super::Mode,
        values: &'a [Option<Value<'_>>],
    ) -> impl Iterator<Item = usize> + 'a {
        let fits = |field: usize, wanted: &super::Const| match &values[field] {
            Some(given) => wanted.is(given) == Some(true),
            None => self.fields[field].default.as_ref() == Some(wanted),
        };
        mode.when.iter().filter(move |(field, wanted)| !fits(*field, wanted)).map(|(field, _)| *field)
    }

    /// What keeps the values from the mode that they are nearest to. A wrong type is reported with the other types.
    fn what_no_mode_has(&self, values: &[Option<Value<'_>>]) -> Vec<Violation> {
        let misfits = self.modes.iter().map(|mode| self.misfits(mode, values).collect::<Vec<_>>());
        let nearest = misfits.min_by_key(Vec::len).unwrap_or_default();
        let reported = nearest.into_iter().filter_map(|index| {
            let field = &self.fields[index];
            let rule = match &values[index] {
                None => Rule::Required,
                Some(value) if field.kind.takes(value) => Rule::Mode,
                Some(_) => return None,
            };
            Some(Violation::of(field, rule, Names::Wire))
        });
        reported.collect()
    }
}

impl Kind {
    /// Is it a value of this type, whatever its limits? Whether a text is an address is another question.
    pub(super) fn takes(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Text(_) | Self::Url, Value::Text(_)) | (Self::Boolean, Value::Truth(_)) => true,
            (Self::Number, Value::Number(number)) => number.is_finite(),
            (Self::Integer, Value::Number(number)) => is_whole(*number),
            (Self::Choice(choices), Value::Text(text)) => choices.iter().any(|choice| choice == text),
            _ => false,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "exact by its definition")]
fn is_whole(number: f64) -> bool {
    number.fract() == 0.0 && number.abs() <= super::MOST_EXACT as f64
}
