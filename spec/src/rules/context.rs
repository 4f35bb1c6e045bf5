//! The values of one request, with what is known about its mode and model.

use std::borrow::Cow;

use super::condition::{all, any};
use super::{Condition, Field, Is, IsAddress, Kind, Names, Presence, Rule, Rules, Str, Term, Value, Violation};

/// The values of one request, and the rules that they are checked against.
pub(super) struct Context<'a> {
    pub(super) rules: &'a Rules,
    pub(super) mode: Option<usize>,
    pub(super) values: &'a [Option<Value<'a>>],
    pub(super) model: Option<(usize, &'a Str)>,
    names: Names,
    pub(super) is_address: IsAddress,
}

impl<'a> Context<'a> {
    pub(super) fn of(
        rules: &'a Rules,
        mode: Option<usize>,
        values: &'a [Option<Value<'a>>],
        names: Names,
        is_address: IsAddress,
    ) -> Self {
        let mut context = Self { rules, mode, values, model: None, names, is_address };
        context.model = context.model_of();
        context
    }

    fn model_of(&self) -> Option<(usize, &'a Str)> {
        let index = self.rules.model?;
        let Kind::Choice(choices) = &self.rules.fields.get(index)?.kind else { return None };
        let given = self.value_of(index)?;
        let (Value::Text(name) | Value::Unlisted { like: name, .. }) = &*given else { return None };
        choices.iter().enumerate().find(|(_, choice)| *choice == name)
    }

    /// Returns the value that a field has for the service: the one that is sent, or the default.
    pub(super) fn value_of(&self, index: usize) -> Option<Cow<'a, Value<'a>>> {
        let default = || self.rules.fields.get(index)?.default_in(self.mode);
        self.sent(index).or_else(|| default().map(|default| Cow::Owned(default.value())))
    }

    /// Returns the value that is sent: the mode's or the given one.
    pub(super) fn sent(&self, index: usize) -> Option<Cow<'a, Value<'a>>> {
        if self.presence(index) == Some(Presence::Fixed) {
            let mode = self.rules.modes.get(self.mode?)?;
            return mode.own_value(index).map(|own| Cow::Owned(own.value()));
        }
        self.values.get(index)?.as_ref().map(Cow::Borrowed)
    }

    /// Returns `None` if the mode is not known.
    pub(super) fn presence(&self, index: usize) -> Option<Presence> {
        self.rules.fields.get(index)?.presence.get(self.mode?).copied()
    }

    pub(super) fn is_given(&self, index: usize) -> bool {
        self.presence(index) == Some(Presence::Fixed) || self.values.get(index).is_some_and(Option::is_some)
    }

    /// Whether one of the conditions holds; `None` if that depends on an unknown value.
    pub(super) fn any_holds(&self, conditions: &[Condition]) -> Option<bool> {
        any(conditions.iter().map(|condition| all(condition.terms.iter().map(|term| self.term_holds(term)))))
    }

    fn term_holds(&self, term: &Term) -> Option<bool> {
        match &term.is {
            Is::Given => Some(self.is_given(term.field)),
            Is::Absent => Some(!self.is_given(term.field)),
            Is::OneOf(values) => match self.value_of(term.field) {
                Some(given) => any(values.iter().map(|value| value.is(&given))),
                None => Some(false),
            },
        }
    }

    /// Describes alternative conditions.
    pub(super) fn describe(&self, conditions: &[Condition]) -> String {
        let one = |term: &Term| {
            let name = self.name(&self.rules.fields[term.field]);
            match &term.is {
                Is::Given => format!("`{name}` is given"),
                Is::Absent => format!("`{name}` is left out"),
                Is::OneOf(values) => {
                    let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                    format!("`{name}` is {}", values.join(" or "))
                }
            }
        };
        let all = |condition: &Condition| condition.terms.iter().map(one).collect::<Vec<_>>().join(" and ");
        conditions.iter().map(all).collect::<Vec<_>>().join(", or ")
    }

    pub(super) fn violation(&self, field: &Field, rule: Rule) -> Violation {
        Violation { mode: self.mode_name(), ..Violation::of(field, rule, self.names) }
    }

    pub(super) fn mode_name(&self) -> Option<Str> {
        self.mode.and_then(|mode| self.rules.modes.get(mode)).map(|mode| mode.name.clone())
    }

    pub(super) fn name<'f>(&self, field: &'f Field) -> &'f str {
        self.names.of(field)
    }
}

/// Whether a set of bits has this index. Without an index, whether it has all.
pub(super) fn among(set: u64, index: Option<usize>) -> bool {
    match index {
        Some(index) if index < 64 => set >> index & 1 == 1,
        _ => set == u64::MAX,
    }
}
