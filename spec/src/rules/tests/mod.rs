//! A small table of rules, and tests of each rule at its edges.

mod conditions;
mod defaults;
mod modes;
mod objects;
mod relations;
mod values;
mod violations;

use super::*;

const ALL: u64 = u64::MAX;

fn text(text: &'static str) -> Str {
    Str::Borrowed(text)
}

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).expect("a decimal")
}

fn field(wire: &'static str, kind: Kind) -> Field {
    Field {
        wire: text(wire),
        rust: Str::Owned(format!("rust_{wire}")),
        kind,
        list: false,
        open: false,
        nullable: false,
        constant: None,
        presence: vec![Presence::Optional; 2].into(),
        default: None,
        pattern: None,
        limits: Vec::new().into(),
        conditions: Vec::new().into(),
    }
}

fn default(value: Const, modes: u64) -> DefaultValue {
    DefaultValue { value, modes }
}

fn limited(field: Field, bounds: &[Bound]) -> Field {
    let limit =
        |bound: &Bound| Limit { modes: ALL, models: ALL, when: Vec::new().into(), bound: *bound, dispute: None };
    Field { limits: bounds.iter().map(limit).collect(), ..field }
}

#[cfg(feature = "pattern")]
fn pattern(text: &'static str) -> Cow<'static, Pattern> {
    Cow::Owned(Pattern::new(self::text(text)))
}

fn choices(names: &[&'static str]) -> Kind {
    Kind::Choice(names.iter().map(|name| text(name)).collect())
}

fn when(field: usize, is: Is) -> List<Condition> {
    vec![Condition { terms: vec![Term { field, is }].into() }].into()
}

fn number(number: &str) -> Is {
    Is::OneOf(vec![Const::Number(decimal(number))].into())
}

fn conditional(effect: Effect, value: Option<Const>, any: List<Condition>) -> List<Conditional> {
    vec![Conditional { effect, value, any }].into()
}

const WIDE: usize = 0;
const MODEL: usize = 1;
const TITLE: usize = 2;
const COUNT: usize = 3;
const RATIO: usize = 4;
const TAGS: usize = 5;
const NOTE: usize = 9;

fn rules() -> Rules {
    let mode = |name, wide| Mode { name: text(name), when: vec![(WIDE, Const::Truth(wide))].into() };
    let by_model = |models, most| Limit {
        modes: ALL,
        models,
        when: Vec::new().into(),
        bound: Bound::MaxLength(most),
        dispute: None,
    };
    let title = limited(field("title", Kind::Text(Unit::Chars)), &[Bound::MinLength(1)]);
    let title_limits: Vec<Limit> = title.limits.iter().cloned().chain([by_model(1, 3), by_model(2, 5)]).collect();
    Rules {
        modes: vec![mode("Wide", true), mode("Narrow", false)].into(),
        fields: vec![
            Field {
                presence: vec![Presence::Fixed; 2].into(),
                default: Some(default(Const::Truth(false), ALL)),
                ..field("wide", Kind::Boolean)
            },
            Field {
                presence: vec![Presence::Required, Presence::Optional].into(),
                ..field("model", choices(&["a", "b"]))
            },
            Field {
                presence: vec![Presence::Optional, Presence::Forbidden].into(),
                limits: title_limits.into(),
                ..title
            },
            limited(field("count", Kind::Integer), &[Bound::Min(decimal("-2")), Bound::Max(decimal("2"))]),
            limited(
                field("ratio", Kind::Number),
                &[Bound::Above(decimal("0")), Bound::Below(decimal("1")), Bound::MultipleOf(decimal("0.25"))],
            ),
            Field {
                list: true,
                ..limited(
                    field("tags", Kind::Text(Unit::Bytes)),
                    &[Bound::MinItems(1), Bound::MaxItems(2), Bound::MaxLength(2)],
                )
            },
            limited(field("link", Kind::Url), &[Bound::MaxLength(12)]),
            Field { nullable: true, ..field("seed", Kind::Integer) },
            Field { constant: Some(Const::Number(decimal("3"))), ..field("version", Kind::Integer) },
            field("note", Kind::Text(Unit::Utf16)),
            field("size", Kind::Number),
        ]
        .into(),
        model: Some(MODEL),
        relations: Vec::new().into(),
    }
}

fn placed<'r, 'v>(rules: &'r Rules, values: &[(&str, Value<'v>)]) -> Placed<'r, 'v> {
    let mut placed = Placed::none(rules);
    for (name, value) in values {
        placed.put(name, value.clone());
    }
    placed
}

/// Returns the violations of these values, one line each.
fn said_by(rules: &Rules, values: &[(&str, Value<'_>)]) -> Vec<String> {
    let checked = placed(rules, values).check(looks_like_web_address);
    checked.err().map(|violations| violations.iter().map(ToString::to_string).collect()).unwrap_or_default()
}

fn said(values: &[(&str, Value<'_>)]) -> Vec<String> {
    said_by(&rules(), values)
}

/// Returns the violations of a single value, in the mode without required fields.
fn about(name: &str, value: Value<'_>) -> Vec<String> {
    said(&[(name, value)])
}

fn texts(texts: &[&'static str]) -> Value<'static> {
    Value::List(texts.iter().map(|text| Value::text(text)).collect())
}
