//! The rules about one field at a time.

use std::borrow::Cow;

use super::condition::{all, any};
use super::violations::Found;
use super::{
    Bound, Condition, Conditional, Decimal, Effect, Field, Figure, Is, IsAddress, Kind, Limit, Names, Presence, Rule,
    Rules, Str, Term, Unit, Value, Violation,
};

/// What the values of one request are checked against.
pub(super) struct Context<'a> {
    pub(super) rules: &'a Rules,
    pub(super) mode: Option<usize>,
    pub(super) values: &'a [Option<Value<'a>>],
    model: Option<(usize, &'a Str)>,
    names: Names,
    is_address: IsAddress,
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

    pub(super) fn violations(&self, found: &mut Found) {
        for (index, (field, value)) in self.rules.fields.iter().zip(self.values).enumerate() {
            self.field(index, field, value.as_ref(), found);
        }
        for relation in self.rules.relations.iter() {
            self.relation(relation, found);
        }
    }

    fn model_of(&self) -> Option<(usize, &'a Str)> {
        let index = self.rules.model?;
        let Kind::Choice(choices) = &self.rules.fields.get(index)?.kind else { return None };
        let given = self.value_of(index)?;
        choices.iter().enumerate().find(|(_, choice)| matches!(&*given, Value::Text(text) if text == *choice))
    }

    /// What counts as the value of a field: the mode's own, what is given, or the default.
    fn value_of(&self, index: usize) -> Option<Cow<'a, Value<'a>>> {
        if self.presence(index) == Some(Presence::Fixed) {
            let mode = self.rules.modes.get(self.mode?)?;
            return mode.when.iter().find(|(field, _)| *field == index).map(|(_, own)| Cow::Owned(own.value()));
        }
        let given = self.values.get(index)?.as_ref().map(Cow::Borrowed);
        given.or_else(|| self.rules.fields.get(index)?.default.as_ref().map(|default| Cow::Owned(default.value())))
    }

    /// `None` where the mode is not known.
    fn presence(&self, index: usize) -> Option<Presence> {
        self.rules.fields.get(index)?.presence.get(self.mode?).copied()
    }

    pub(super) fn is_given(&self, index: usize) -> bool {
        self.presence(index) == Some(Presence::Fixed) || self.values.get(index).is_some_and(Option::is_some)
    }

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

    fn field(&self, index: usize, field: &Field, value: Option<&Value<'_>>, found: &mut Found) {
        let presence = self.presence(index);
        match (presence, value) {
            (Some(Presence::Required), None) => found.push(self.violation(field, Rule::Required)),
            (Some(Presence::Forbidden), Some(_)) => return found.push(self.violation(field, Rule::Forbidden)),
            (_, Some(value)) => self.value(field, value, found),
            (_, None) => {}
        }
        if presence.is_some() {
            found.extend(field.conditions.iter().filter_map(|conditional| self.conditional(field, conditional, value)));
        }
    }

    fn conditional(&self, field: &Field, conditional: &Conditional, value: Option<&Value<'_>>) -> Option<Violation> {
        let holds = self.any_holds(&conditional.any)?;
        let concerned = match (conditional.choice, value, &field.kind) {
            (None, value, _) => value.is_some() != (conditional.effect == Effect::Required),
            (Some(choice), Some(value), Kind::Choice(choices)) => is_or_has(value, choices.get(choice)?),
            (Some(_), ..) => false,
        };
        let broken = holds == (conditional.effect != Effect::Allowed);
        if !(concerned && broken) {
            return None;
        }
        let rule = match (conditional.effect, conditional.choice) {
            (_, Some(_)) => Rule::Condition,
            (Effect::Required, None) => Rule::Required,
            (Effect::Allowed | Effect::Forbidden, None) => Rule::Forbidden,
        };
        let word = if conditional.effect == Effect::Allowed { "only " } else { "" };
        let detail = Some(Str::Owned(format!("{word}where {}", self.describe(&conditional.any))));
        Some(Violation { detail, ..self.violation(field, rule) })
    }

    fn describe(&self, conditions: &[Condition]) -> String {
        let one = |term: &Term| {
            let name = self.rules.fields.get(term.field).map_or("", |field| self.name(field));
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

    fn value(&self, field: &Field, value: &Value<'_>, found: &mut Found) {
        let before = found.count();
        match value {
            Value::Later => return,
            Value::Null if field.nullable => return,
            Value::List(items) if field.list => self.items(field, items, items.len(), found),
            Value::Cut { items, count, wrong } if field.list => {
                self.items(field, items, *count, found);
                found.omit(*wrong);
            }
            _ if field.list => found.push(self.wrong_type(field)),
            _ => self.single(field, value, found),
        }
        if let Some(constant) = field.constant.as_ref().filter(|_| found.count() == before)
            && constant.is(value) == Some(false)
        {
            let detail = Some(Str::Owned(constant.to_string()));
            found.push(Violation { detail, ..self.violation(field, Rule::Constant) });
        }
    }

    fn items(&self, field: &Field, items: &[Value<'_>], count: usize, found: &mut Found) {
        self.limits(field, Figure::Items(count as u64), found);
        for (index, item) in items.iter().enumerate() {
            let before = found.kept();
            self.single(field, item, found);
            for violation in found.since(before) {
                violation.shown = Str::Owned(format!("{}[{index}]", violation.shown));
            }
        }
    }

    /// A value, or one item of a list.
    fn single(&self, field: &Field, value: &Value<'_>, found: &mut Found) {
        match (&field.kind, value) {
            (_, Value::Later) => {}
            (Kind::Text(unit), Value::Text(text)) => self.limits(field, unit.measure(text), found),
            (Kind::Url, Value::Text(text)) if (self.is_address)(text) => {
                self.limits(field, Unit::Chars.measure(text), found);
            }
            (Kind::Url, Value::Text(_)) => found.push(self.violation(field, Rule::Url)),
            (Kind::Number | Kind::Integer, Value::Number(number)) if field.kind.takes(value) => {
                self.limits(field, Figure::Number(*number), found);
            }
            (Kind::Boolean | Kind::Choice(_), _) if field.kind.takes(value) => {}
            (Kind::Choice(choices), Value::Text(_)) => {
                let detail = Some(Str::Owned(choices.join(", ")));
                found.push(Violation { detail, ..self.violation(field, Rule::Choice) });
            }
            _ => {
                let detail = Some(Str::Borrowed(field.kind.word()));
                found.push(Violation { detail, ..self.violation(field, Rule::Type) });
            }
        }
    }

    fn wrong_type(&self, field: &Field) -> Violation {
        let detail = Some(Str::Owned(format!("a list, and each item {}", field.kind.word())));
        Violation { detail, ..self.violation(field, Rule::Type) }
    }

    fn limits(&self, field: &Field, actual: Figure, found: &mut Found) {
        let holding = field.limits.iter().filter(|limit| self.holds(limit));
        found.extend(holding.filter_map(|limit| {
            let (rule, figure) = limit.bound.broken_by(actual)?;
            let detail = (!limit.when.is_empty()).then(|| Str::Owned(format!("where {}", self.describe(&limit.when))));
            Some(Violation {
                limit: Some(figure),
                actual: Some(actual),
                model: self.model.filter(|_| limit.models != u64::MAX).map(|(_, name)| name.clone()),
                detail: limit.dispute.clone().or(detail),
                ..self.violation(field, rule)
            })
        }));
        if self.model.is_none() {
            self.loosest(field, actual, found);
        }
    }

    /// What a value breaks whichever model it is for.
    fn loosest(&self, field: &Field, actual: Figure, found: &mut Found) {
        let by_model =
            |limit: &&Limit| limit.models != u64::MAX && limit.when.is_empty() && among(limit.modes, self.mode);
        let mut seen = Vec::new();
        for first in field.limits.iter().filter(by_model) {
            let kind = std::mem::discriminant(&first.bound);
            if seen.contains(&kind) {
                continue;
            }
            seen.push(kind);
            let same =
                field.limits.iter().filter(by_model).filter(|limit| std::mem::discriminant(&limit.bound) == kind);
            let Some(broken) = same.map(|limit| limit.bound.broken_by(actual)).collect::<Option<Vec<_>>>() else {
                continue;
            };
            let loosest =
                broken.into_iter().reduce(|one, other| if one.1.is_looser(other.1, one.0) { one } else { other });
            found.extend(loosest.map(|(rule, figure)| Violation {
                limit: Some(figure),
                actual: Some(actual),
                ..self.violation(field, rule)
            }));
        }
    }

    /// Does the limit hold in this mode with this model? Where one of them is not known, only what always holds does.
    fn holds(&self, limit: &Limit) -> bool {
        among(limit.modes, self.mode)
            && among(limit.models, self.model.map(|(index, _)| index))
            && (limit.when.is_empty() || self.any_holds(&limit.when) == Some(true))
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

fn is_or_has(value: &Value<'_>, choice: &Str) -> bool {
    match value {
        Value::Text(text) => text == choice,
        Value::List(items) | Value::Cut { items, .. } => items.iter().any(|item| is_or_has(item, choice)),
        _ => false,
    }
}

pub(super) fn among(set: u64, index: Option<usize>) -> bool {
    match index {
        Some(index) if index < 64 => set >> index & 1 == 1,
        _ => set == u64::MAX,
    }
}

impl Figure {
    /// Of two figures of one rule, does this one allow more?
    fn is_looser(self, other: Self, rule: Rule) -> bool {
        let value = |figure| match figure {
            #[expect(clippy::cast_precision_loss, reason = "limits have 32 bits")]
            Self::Length(count, _) | Self::Items(count) => count as f64,
            Self::Number(number) => number,
        };
        let is_floor = matches!(rule, Rule::MinLength | Rule::MinItems | Rule::Min | Rule::Above);
        if is_floor { value(self) <= value(other) } else { value(self) >= value(other) }
    }
}

impl Unit {
    pub(super) fn measure(self, text: &str) -> Figure {
        Figure::Length(self.count(text) as u64, self)
    }
}

impl Kind {
    /// Its type, as messages say it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::Choice(_) => "a text",
            Self::Url => "an http or https address",
            Self::Boolean => "true or false",
            Self::Integer => "a whole number",
            Self::Number => "a number",
        }
    }
}

impl Bound {
    /// "at most 80 characters"
    #[must_use]
    pub fn words(self, unit: Unit) -> String {
        let items = |count: u32| Figure::Items(count.into());
        match self {
            Self::MinLength(least) => format!("at least {}", Figure::Length(least.into(), unit)),
            Self::MaxLength(most) => format!("at most {}", Figure::Length(most.into(), unit)),
            Self::MinItems(least) => format!("at least {}", items(least)),
            Self::MaxItems(most) => format!("at most {}", items(most)),
            Self::Min(least) => format!("at least {least}"),
            Self::Max(most) => format!("at most {most}"),
            Self::Above(bound) => format!("above {bound}"),
            Self::Below(bound) => format!("below {bound}"),
            Self::MultipleOf(step) => format!("a multiple of {step}"),
        }
    }

    /// Its figure.
    #[must_use]
    pub fn figure(self) -> Decimal {
        match self {
            Self::MinLength(count) | Self::MaxLength(count) | Self::MinItems(count) | Self::MaxItems(count) => {
                Decimal { digits: count.into(), scale: 0 }
            }
            Self::Min(number) | Self::Max(number) | Self::Above(number) | Self::Below(number) => number,
            Self::MultipleOf(step) => step,
        }
    }

    fn broken_by(self, actual: Figure) -> Option<(Rule, Figure)> {
        match (self, actual) {
            (Self::MinLength(least), Figure::Length(count, unit)) if count < u64::from(least) => {
                Some((Rule::MinLength, Figure::Length(least.into(), unit)))
            }
            (Self::MaxLength(most), Figure::Length(count, unit)) if count > u64::from(most) => {
                Some((Rule::MaxLength, Figure::Length(most.into(), unit)))
            }
            (Self::MinItems(least), Figure::Items(count)) if count < u64::from(least) => {
                Some((Rule::MinItems, Figure::Items(least.into())))
            }
            (Self::MaxItems(most), Figure::Items(count)) if count > u64::from(most) => {
                Some((Rule::MaxItems, Figure::Items(most.into())))
            }
            (_, Figure::Number(number)) => {
                let (broken, rule, bound) = match self {
                    Self::Min(least) => (number < least.value(), Rule::Min, least),
                    Self::Max(most) => (number > most.value(), Rule::Max, most),
                    Self::Above(bound) => (number <= bound.value(), Rule::Above, bound),
                    Self::Below(bound) => (number >= bound.value(), Rule::Below, bound),
                    Self::MultipleOf(step) => (!step.divides(number), Rule::MultipleOf, step),
                    _ => return None,
                };
                broken.then_some((rule, Figure::Number(bound.value())))
            }
            _ => None,
        }
    }
}
