//! Limits of one field.

use super::context::{Context, among};
use super::violations::Found;
use super::{Bound, Decimal, Field, Figure, Kind, Limit, Presence, Rule, Str, Unit, Value, Violation};

impl Context<'_> {
    pub(super) fn limits(&self, field: &Field, actual: Figure, found: &mut Found) {
        let holding = field.limits.iter().filter(|limit| self.holds(limit));
        found.extend(holding.filter_map(|limit| {
            let (rule, figure) = limit.bound.broken_by(actual)?;
            Some(Violation {
                limit: Some(figure),
                actual: Some(actual),
                model: self.name_of_model(limit),
                detail: self.detail(limit),
                ..self.violation(field, rule)
            })
        }));
        if self.model.is_none() && self.has_unknown_model() {
            self.loosest(field, actual, found);
        }
    }

    /// Returns the name of the model if the limit depends on it.
    pub(super) fn name_of_model(&self, limit: &Limit) -> Option<Str> {
        self.model.filter(|_| limit.models != u64::MAX).map(|(_, name)| name.clone())
    }

    /// Returns the contradicting statements about the limit, or else its condition.
    pub(super) fn detail(&self, limit: &Limit) -> Option<Str> {
        let condition = || (!limit.when.is_empty()).then(|| Str::Owned(format!("if {}", self.describe(&limit.when))));
        limit.dispute.clone().or_else(condition)
    }

    /// Whether the request has a model that is not known, or lacks one that it needs.
    fn has_unknown_model(&self) -> bool {
        let Some((index, field)) = self.rules.model.and_then(|index| Some((index, self.rules.fields.get(index)?)))
        else {
            return false;
        };
        match self.values.get(index) {
            Some(Some(Value::Null)) => !field.nullable,
            Some(Some(_)) => true,
            _ => self.presence(index) == Some(Presence::Required),
        }
    }

    /// Checks the limits that the value breaks with every model.
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
                || field.limits.iter().filter(by_model).filter(|limit| std::mem::discriminant(&limit.bound) == kind);
            if !self.are_all_models(same().fold(0, |models, limit| models | limit.models)) {
                continue;
            }
            let Some(broken) = same().map(|limit| limit.bound.broken_by(actual)).collect::<Option<Vec<_>>>() else {
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

    /// Whether the set has every model.
    fn are_all_models(&self, models: u64) -> bool {
        let field = self.rules.model.and_then(|index| self.rules.fields.get(index));
        let count = match field.map(|field| &field.kind) {
            Some(Kind::Choice(choices)) => choices.len(),
            _ => 0,
        };
        (0..count).all(|index| among(models, Some(index)))
    }

    /// Whether the limit holds in this mode with this model. If one of them is not known, only limits without it hold.
    pub(super) fn holds(&self, limit: &Limit) -> bool {
        among(limit.modes, self.mode)
            && among(limit.models, self.model.map(|(index, _)| index))
            && (limit.when.is_empty() || self.any_holds(&limit.when) == Some(true))
    }
}

impl Limit {
    /// Whether the limit holds in every mode, with every model, and without a condition.
    pub(crate) fn holds_always(&self) -> bool {
        self.modes == u64::MAX && self.models == u64::MAX && self.when.is_empty()
    }
}

impl Figure {
    /// Whether this figure of a rule allows at least as much as the other.
    fn is_looser(self, other: Self, rule: Rule) -> bool {
        let value = |figure| match figure {
            #[expect(clippy::cast_precision_loss, reason = "limits have 32 bits")]
            Self::Length(count, _) | Self::Bytes(count) | Self::Items(count) => count as f64,
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

impl Bound {
    /// Describes the limit, such as "at most 80 characters".
    #[must_use]
    pub fn words(self, unit: Unit) -> String {
        let items = |count: u32| Figure::Items(count.into());
        match self {
            Self::MinLength(least) => format!("at least {}", Figure::Length(least.into(), unit)),
            Self::MaxLength(most) => format!("at most {}", Figure::Length(most.into(), unit)),
            Self::MaxBytes(most) => format!("at most {}", Figure::Bytes(most.into())),
            Self::MinItems(least) => format!("at least {}", items(least)),
            Self::MaxItems(most) => format!("at most {}", items(most)),
            Self::Min(least) => format!("at least {least}"),
            Self::Max(most) => format!("at most {most}"),
            Self::Above(bound) => format!("above {bound}"),
            Self::Below(bound) => format!("below {bound}"),
            Self::MultipleOf(step) => format!("a multiple of {step}"),
        }
    }

    /// Returns the figure of the limit.
    #[must_use]
    pub fn figure(self) -> Decimal {
        match self {
            Self::MinLength(count)
            | Self::MaxLength(count)
            | Self::MaxBytes(count)
            | Self::MinItems(count)
            | Self::MaxItems(count) => Decimal { digits: count.into(), scale: 0 },
            Self::Min(number) | Self::Max(number) | Self::Above(number) | Self::Below(number) => number,
            Self::MultipleOf(step) => step,
        }
    }

    /// Returns the broken rule and its figure, if `actual` breaks this limit.
    fn broken_by(self, actual: Figure) -> Option<(Rule, Figure)> {
        match (self, actual) {
            (Self::MinLength(least), Figure::Length(count, unit)) if count < u64::from(least) => {
                Some((Rule::MinLength, Figure::Length(least.into(), unit)))
            }
            (Self::MaxLength(most), Figure::Length(count, unit)) if count > u64::from(most) => {
                Some((Rule::MaxLength, Figure::Length(most.into(), unit)))
            }
            (Self::MaxBytes(most), Figure::Bytes(count)) if count > u64::from(most) => {
                Some((Rule::MaxBytes, Figure::Bytes(most.into())))
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
