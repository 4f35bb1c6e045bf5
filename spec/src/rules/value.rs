//! The values of fields, and their types.

use std::borrow::Cow;

use super::violations::MOST_KEPT;
use super::{Field, Kind, MOST_EXACT, Presence, Violation};

/// A value of a field, borrowed from a request or from JSON.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// A text, an address or a choice.
    Text(Cow<'a, str>),
    /// A text that an open choice does not list.
    Unlisted {
        /// The text that is sent.
        text: Cow<'a, str>,
        /// The listed value whose rules it has to keep.
        like: Cow<'a, str>,
    },
    /// A number.
    Number(f64),
    /// A boolean.
    Truth(bool),
    /// Several values.
    List(Vec<Value<'a>>),
    /// A list that breaks a rule in any case. Only its first items are kept.
    Cut {
        /// The first items.
        items: Vec<Value<'a>>,
        /// Number of items.
        count: usize,
        /// Number of items with a wrong type that are not kept.
        wrong: usize,
    },
    /// An object.
    Object(Object<'a>),
    /// The null of JSON.
    Null,
    /// A text that an open choice does not list, once the process keeps as many as it may.
    TooMany,
    /// A value that no field can have, such as a list within a list.
    Other,
    /// A value that is given but not known yet. It breaks no rule about values.
    Later,
}

impl<'a> Value<'a> {
    /// Creates a borrowed text.
    #[must_use]
    pub fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// Creates a text that an open choice does not list. It is judged by the rules of `like`.
    #[must_use]
    pub fn unlisted(text: &'a str, like: &'a str) -> Self {
        Self::Unlisted { text: Cow::Borrowed(text), like: Cow::Borrowed(like) }
    }

    /// Creates a whole number. Above 2^53, which no field allows, it is rounded.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "fields refuse numbers that are not exact")]
    pub fn integer(number: i64) -> Self {
        Self::Number(number as f64)
    }
}

/// A function that decides whether a text is an address, such as
/// [`looks_like_web_address`](super::looks_like_web_address) or a full parser.
pub type IsAddress = fn(&str) -> bool;

impl Kind {
    /// Whether the value has this type. Limits, and the syntax of addresses, are not checked.
    pub(super) fn takes(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Text(_) | Self::Url, Value::Text(_)) | (Self::Boolean, Value::Truth(_)) => true,
            (Self::Number, Value::Number(number)) => number.is_finite(),
            (Self::Integer, Value::Number(number)) => is_whole(*number),
            (Self::Choice(choices), Value::Text(text)) => choices.iter().any(|choice| choice == text),
            (Self::Choice(choices), Value::Unlisted { like, .. }) => choices.iter().any(|choice| choice == like),
            (Self::IntegerChoice(choices), number @ Value::Number(_)) => {
                choices.iter().any(|choice| Value::integer(*choice) == *number)
            }
            (Self::Object(members), Value::Object(object)) => object.fits(members),
            _ => false,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "`MOST_EXACT` is exact by its definition")]
fn is_whole(number: f64) -> bool {
    number.fract() == 0.0 && number.abs() <= MOST_EXACT as f64
}

/// The members of an object that are given by name. Each has the index of its field in the table of the object.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Object<'a> {
    values: Vec<(usize, Value<'a>)>,
    /// The first names that the object does not have.
    unknown: Vec<Violation>,
    /// Number of other such names.
    unknown_cut: usize,
    /// Indices of the members that are given more than once.
    twice: Vec<usize>,
}

impl<'a> Object<'a> {
    /// Finds the member with this name, if its value may be given next.
    ///
    /// `None` means that a rule is broken: the name is unknown, or the member already has a value.
    pub fn place<'f>(&mut self, members: &'f [Field], name: &str) -> Option<(usize, &'f Field)> {
        let Some((index, member)) = members.iter().enumerate().find(|(_, member)| member.wire == name) else {
            if self.unknown.len() < MOST_KEPT {
                self.unknown.push(Violation::unknown(name));
            } else {
                self.unknown_cut += 1;
            }
            return None;
        };
        if self.get(index).is_some() {
            if !self.twice.contains(&index) {
                self.twice.push(index);
            }
            return None;
        }
        Some((index, member))
    }

    /// Gives the member with this index a value.
    pub fn put(&mut self, index: usize, value: Value<'a>) {
        self.values.push((index, value));
    }

    /// Returns the value of the member with this index, if it is given.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&Value<'a>> {
        self.values.iter().find(|(given, _)| *given == index).map(|(_, value)| value)
    }

    /// Takes the value of the member with this index, if it is given.
    pub fn take(&mut self, index: usize) -> Option<Value<'a>> {
        let place = self.values.iter().position(|(given, _)| *given == index)?;
        Some(self.values.swap_remove(place).1)
    }

    /// Returns the first names that the object does not have.
    pub(super) fn unknown(&self) -> &[Violation] {
        &self.unknown
    }

    /// Returns the number of other such names.
    pub(super) fn unknown_cut(&self) -> usize {
        self.unknown_cut
    }

    /// Returns the indices of the members that are given more than once.
    pub(super) fn twice(&self) -> &[usize] {
        &self.twice
    }

    /// Returns the object with other values. `None` if one of them has none.
    pub fn map<'b>(self, to: impl Fn(Value<'a>) -> Option<Value<'b>>) -> Option<Object<'b>> {
        let values = self.values.into_iter().map(|(index, value)| Some((index, to(value)?)));
        let Self { unknown, unknown_cut, twice, .. } = self;
        Some(Object { values: values.collect::<Option<_>>()?, unknown, unknown_cut, twice })
    }

    /// Returns the given members, in the order of the table.
    pub fn given<'s, 'f>(&'s self, members: &'f [Field]) -> impl Iterator<Item = (&'f Field, &'s Value<'a>)> {
        members.iter().enumerate().filter_map(|(index, member)| Some((member, self.get(index)?)))
    }

    /// Whether each name is that of a member, each required member is given, and each value has its member's type.
    fn fits(&self, members: &[Field]) -> bool {
        let fits = |(index, member): (usize, &Field)| match self.get(index) {
            None => !member.is_required_member(),
            Some(value) => member.takes(value),
        };
        self.unknown.is_empty() && self.twice.is_empty() && members.iter().enumerate().all(fits)
    }
}

impl Field {
    /// Whether an object must have this member.
    pub(super) fn is_required_member(&self) -> bool {
        self.presence.first() == Some(&Presence::Required)
    }

    /// Whether the value has the type of the field, which may be a list or nullable.
    fn takes(&self, value: &Value<'_>) -> bool {
        match value {
            Value::Later => true,
            Value::Null => self.nullable,
            Value::List(items) if self.list => items.iter().all(|item| self.kind.takes(item)),
            _ => !self.list && self.kind.takes(value),
        }
    }
}
