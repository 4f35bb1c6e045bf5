//! The rules over several fields.

use super::context::{Context, among};
use super::{Condition, Decimal, Difference, Figure, Kind, List, Rule, Str, Unit, Value, Violation};

/// A rule over several fields, and when it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Relation {
    /// Indices of the fields. The subtrahend of a difference comes first.
    pub fields: List<usize>,
    /// Modes in which the rule holds: bit n stands for mode n.
    pub modes: u64,
    /// Conditions. At least one must hold, if there are any.
    pub when: List<Condition>,
    /// The rule.
    pub asks: Relating,
}

/// The kinds of rules over several fields.
#[derive(Debug, Clone, PartialEq)]
pub enum Relating {
    /// At least one field is given.
    AtLeastOne,
    /// At most one field is given.
    AtMostOne,
    /// All fields are given, or none.
    AllOrNone,
    /// Exactly one of these groups is given: all of its fields, and no field of another group.
    ExactlyOne(List<List<usize>>),
    /// The number of items of all lists is within bounds.
    Items {
        /// Minimum.
        least: Option<u32>,
        /// Maximum.
        most: Option<u32>,
    },
    /// The length of all texts is within bounds. Each text is counted in its own unit.
    Length {
        /// Minimum.
        least: Option<u32>,
        /// Maximum.
        most: Option<u32>,
    },
    /// The second field less the first is within bounds.
    Difference {
        /// Minimum.
        least: Option<Decimal>,
        /// Maximum.
        most: Option<Decimal>,
    },
}

impl Relation {
    /// Whether the rule holds if exactly these fields are given. Totals and differences do not depend on that.
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
    pub(super) fn relation(&self, relation: &Relation) -> Option<Violation> {
        let conditioned = !relation.when.is_empty();
        let holds = among(relation.modes, self.mode) && (!conditioned || self.any_holds(&relation.when) == Some(true));
        if holds { self.broken(relation) } else { None }
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
                return self.bounded(fields, self.sum(fields, count)?, Figure::Items, *least, *most);
            }
            Relating::Length { least, most } => {
                let count = |index: usize| {
                    let unit = self.unit(index);
                    move |value: &Value<'_>| length(value, unit)
                };
                let total = fields.iter().map(|index| self.sum(&[*index], count(*index))).sum::<Option<u64>>()?;
                let unit = self.unit(*fields.first()?);
                if fields.iter().all(|index| self.unit(*index) == unit) {
                    return self.bounded(fields, total, |count| Figure::Length(count, unit), *least, *most);
                }
                return self.bounded(fields, total, in_several_units, *least, *most);
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

    /// Returns `None` if a value is not known or has a wrong type. Null, and fields without a value, count 0.
    fn sum(&self, fields: &[usize], count: impl Fn(&Value<'_>) -> Option<u64>) -> Option<u64> {
        let one = |field: &usize| match self.value_of(*field).as_deref() {
            None => Some(0),
            Some(Value::Null) if self.rules.fields.get(*field)?.nullable => Some(0),
            Some(value) => count(value),
        };
        fields.iter().map(one).sum()
    }

    fn unit(&self, field: usize) -> Unit {
        match &self.rules.fields[field].kind {
            Kind::Text(unit) => *unit,
            _ => Unit::Chars,
        }
    }

    fn bounded(
        &self,
        fields: &[usize],
        total: u64,
        figure: impl Fn(u64) -> Figure,
        least: Option<u32>,
        most: Option<u32>,
    ) -> Option<Violation> {
        let (rule, limit) = match (least, most) {
            (Some(least), _) if total < u64::from(least) => (Rule::MinTotal, least),
            (_, Some(most)) if total > u64::from(most) => (Rule::MaxTotal, most),
            _ => return None,
        };
        let (limit, actual) = (Some(figure(limit.into())), Some(figure(total)));
        Some(Violation { limit, actual, ..self.together(fields, ", ", rule) })
    }

    fn difference(&self, fields: &[usize], least: Option<Decimal>, most: Option<Decimal>) -> Option<Violation> {
        let [smaller, larger] = fields else { return None };
        let number = |index: &usize| match *self.value_of(*index)? {
            Value::Number(number) => Some(number),
            _ => None,
        };
        let actual = Difference::of(number(larger)?, number(smaller)?)?;
        let (rule, limit) = match (least, most) {
            (Some(least), _) if actual.compared_to(least).is_lt() => (Rule::MinDifference, least),
            (_, Some(most)) if actual.compared_to(most).is_gt() => (Rule::MaxDifference, most),
            _ => return None,
        };
        let limit = Some(Figure::Number(limit.value()));
        Some(Violation {
            limit,
            actual: Some(Figure::Number(actual.value)),
            ..self.together(&[*larger, *smaller], " - ", rule)
        })
    }

    fn together(&self, fields: &[usize], between: &str, rule: Rule) -> Violation {
        let several: Vec<Str> = fields.iter().map(|index| self.rules.fields[*index].wire.clone()).collect();
        let shown = Str::Owned(self.names_of(fields).join(between));
        let wire = several.join(", ");
        Violation { several, shown, mode: self.mode_name(), ..Violation::unplaced(&wire, rule) }
    }

    fn names_of(&self, fields: &[usize]) -> Vec<&str> {
        fields.iter().map(|index| self.name(&self.rules.fields[*index])).collect()
    }
}

/// Returns the total length of texts that are counted in different units.
#[expect(clippy::cast_precision_loss, reason = "no text is longer than 2^53")]
fn in_several_units(total: u64) -> Figure {
    Figure::Number(total as f64)
}

/// Returns the length of a text, or of all texts of a list.
fn length(value: &Value<'_>, unit: Unit) -> Option<u64> {
    match value {
        Value::Text(text) => Some(unit.count(text) as u64),
        Value::List(items) => items.iter().map(|item| length(item, unit)).sum(),
        _ => None,
    }
}
