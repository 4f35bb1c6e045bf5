//! The rules over several fields.

use super::field::{Context, among};
use super::violations::Found;
use super::{Condition, Decimal, Figure, Kind, List, Rule, Str, Unit, Value, Violation};

/// A rule over several fields, and where it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Relation {
    /// The indices of its fields.
    pub fields: List<usize>,
    /// The modes in which it holds: bit n stands for mode n.
    pub modes: u64,
    /// Holds only under one of these conditions; always where there are none.
    pub when: List<Condition>,
    /// What it asks.
    pub asks: Relating,
}

/// What a relation asks of its fields.
#[derive(Debug, Clone, PartialEq)]
pub enum Relating {
    /// At least one of them is there.
    AtLeastOne,
    /// At most one of them is there.
    AtMostOne,
    /// All of them are there, or none.
    AllOrNone,
    /// Exactly one of these groups is there: all of its fields, and none of the others'.
    ExactlyOne(List<List<usize>>),
    /// Their lists hold so many items together.
    Items {
        /// At least.
        least: Option<u32>,
        /// At most.
        most: Option<u32>,
    },
    /// Their texts are so long together, each in its own unit.
    Length {
        /// At least.
        least: Option<u32>,
        /// At most.
        most: Option<u32>,
    },
    /// The second less the first is within these bounds.
    Difference {
        /// At least.
        least: Option<Decimal>,
        /// At most.
        most: Option<Decimal>,
    },
}

impl Relation {
    /// Of a group, is it kept where these fields are given? Totals and differences ask nothing of that.
    pub(crate) fn is_kept_by(&self, given: impl Fn(usize) -> bool) -> bool {
        let count = self.fields.iter().filter(|field| given(**field)).count();
        match &self.asks {
            Relating::AtLeastOne => count > 0,
            Relating::AtMostOne => count <= 1,
            Relating::AllOrNone => count == 0 || count == self.fields.len(),
            Relating::ExactlyOne(groups) => {
                let touched = groups.iter().filter(|group| group.iter().any(|field| given(*field))).count();
                let whole = groups.iter().filter(|group| group.iter().all(|field| given(*field))).count();
                touched == 1 && whole == 1
            }
            Relating::Items { .. } | Relating::Length { .. } | Relating::Difference { .. } => true,
        }
    }
}

impl Context<'_> {
    pub(super) fn relation(&self, relation: &Relation, found: &mut Found) {
        let conditioned = !relation.when.is_empty();
        if among(relation.modes, self.mode) && (!conditioned || self.any_holds(&relation.when) == Some(true)) {
            found.extend(self.broken(relation));
        }
    }

    fn broken(&self, relation: &Relation) -> Option<Violation> {
        let fields = &relation.fields;
        let detail = match &relation.asks {
            Relating::Items { least, most } => {
                let count = |value: &Value<'_>| match value {
                    Value::List(items) => Some(items.len() as u64),
                    Value::Cut { count, .. } => Some(*count as u64),
                    _ => None,
                };
                return self.bounded(fields, Figure::Items(self.sum(fields, count)?), *least, *most);
            }
            Relating::Length { least, most } => {
                let count = |index: usize| {
                    let unit = self.unit(index);
                    move |value: &Value<'_>| length(value, unit)
                };
                let total = fields.iter().map(|index| self.sum(&[*index], count(*index))).sum::<Option<u64>>()?;
                return self.bounded(fields, Figure::Length(total, self.unit(*fields.first()?)), *least, *most);
            }
            Relating::Difference { least, most } => return self.difference(fields, *least, *most),
            _ if relation.is_kept_by(|field| self.is_given(field)) => return None,
            Relating::AtLeastOne => "give at least one of them".to_owned(),
            Relating::AtMostOne => "give at most one of them".to_owned(),
            Relating::AllOrNone => "give all of them or none".to_owned(),
            Relating::ExactlyOne(groups) => {
                let groups: Vec<String> = groups.iter().map(|group| self.names_of(group).join(" and ")).collect();
                format!("give exactly one of: {}", groups.join("; "))
            }
        };
        Some(Violation { detail: Some(Str::Owned(detail)), ..self.together(fields, ", ", Rule::Group) })
    }

    /// `None` where a value is not known or of the wrong type. What is left out counts nothing.
    fn sum(&self, fields: &[usize], count: impl Fn(&Value<'_>) -> Option<u64>) -> Option<u64> {
        fields.iter().map(|field| self.values.get(*field)?.as_ref().map_or(Some(0), &count)).sum()
    }

    fn unit(&self, field: usize) -> Unit {
        match self.rules.fields.get(field).map(|field| &field.kind) {
            Some(Kind::Text(unit)) => *unit,
            _ => Unit::Chars,
        }
    }

    fn bounded(&self, fields: &[usize], actual: Figure, least: Option<u32>, most: Option<u32>) -> Option<Violation> {
        let (count, figure): (u64, fn(u32, Figure) -> Figure) = match actual {
            Figure::Length(count, _) | Figure::Items(count) => (count, |limit, actual| match actual {
                Figure::Length(_, unit) => Figure::Length(limit.into(), unit),
                _ => Figure::Items(limit.into()),
            }),
            Figure::Number(_) => return None,
        };
        let (rule, limit) = match (least, most) {
            (Some(least), _) if count < u64::from(least) => (Rule::MinTotal, least),
            (_, Some(most)) if count > u64::from(most) => (Rule::MaxTotal, most),
            _ => return None,
        };
        let limit = Some(figure(limit, actual));
        Some(Violation { limit, actual: Some(actual), ..self.together(fields, ", ", rule) })
    }

    fn difference(&self, fields: &[usize], least: Option<Decimal>, most: Option<Decimal>) -> Option<Violation> {
        let [smaller, larger] = fields else { return None };
        let number = |index: &usize| match self.values.get(*index)? {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        };
        // Of two decimals, the difference is the nearest number to what one would calculate by hand.
        let actual = ((number(larger)? - number(smaller)?) * 1e9).round() / 1e9;
        let (rule, limit) = match (least, most) {
            (Some(least), _) if actual < least.value() => (Rule::MinDifference, least),
            (_, Some(most)) if actual > most.value() => (Rule::MaxDifference, most),
            _ => return None,
        };
        let limit = Some(Figure::Number(limit.value()));
        Some(Violation {
            limit,
            actual: Some(Figure::Number(actual)),
            ..self.together(&[*larger, *smaller], " - ", rule)
        })
    }

    fn together(&self, fields: &[usize], between: &str, rule: Rule) -> Violation {
        let wire: Vec<&str> =
            fields.iter().filter_map(|index| self.rules.fields.get(*index)).map(|field| &*field.wire).collect();
        let shown = Str::Owned(self.names_of(fields).join(between));
        Violation { shown, mode: self.mode_name(), ..Violation::unplaced(&wire.join(", "), rule) }
    }

    fn names_of(&self, fields: &[usize]) -> Vec<&str> {
        fields.iter().filter_map(|index| self.rules.fields.get(*index)).map(|field| self.name(field)).collect()
    }
}

/// The length of a text, or of all texts of a list.
fn length(value: &Value<'_>, unit: Unit) -> Option<u64> {
    match value {
        Value::Text(text) => Some(unit.count(text) as u64),
        Value::List(items) => items.iter().map(|item| length(item, unit)).sum(),
        _ => None,
    }
}
