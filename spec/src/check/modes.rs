//! Modes: their names nest, their fields exist, and every combination of values has exactly one mode.

use crate::fault::Fault;
use crate::model::{Field, FieldKind, Mode, Request, Scalar};
use crate::rules::Decimal;
use crate::source::Span;

use super::{Incomplete, known_field};

/// Maximum number of modes: the bits of a set.
const MOST_MODES: usize = 64;
/// Maximum number of combinations of values.
const MOST_COMBINATIONS: usize = 4096;
/// Maximum number of values of an integer that are checked one by one.
const MOST_NUMBERS: i64 = 64;
/// Maximum number of combinations without a mode that are shown; others are counted.
const MOST_UNCOVERED: usize = 8;

/// Checks the modes, and returns the places of the names of those whose `when` has a fault.
pub(super) fn check(request: &Request, incomplete: &Incomplete, faults: &mut Vec<Fault>) -> Vec<Span> {
    if let Some(mode) = request.modes.get(MOST_MODES) {
        let message = format!("there are {} modes, and at most {MOST_MODES} are allowed", request.modes.len());
        faults.push(mode.name.fault(message, "remove this one"));
        return Vec::new();
    }
    let mut unclear = Vec::new();
    for mode in &request.modes {
        let before = faults.len();
        conditions(mode, request, incomplete, faults);
        if faults.len() > before {
            unclear.push(mode.name.span);
        }
    }
    let mut fields = request.modes.iter().flat_map(|mode| &mode.when).filter_map(|(wire, _)| request.field(wire));
    let all_known = !incomplete.has_named("modes")
        && !request.fields.is_empty()
        && !request.modes.iter().any(|mode| incomplete.has(&mode.name))
        && !fields.any(|field| incomplete.has(&field.wire));
    if unclear.is_empty() && all_known {
        coverage(request, faults);
    }
    unclear
}

/// Checks that names nest, and that each part is always at the same position.
pub(super) fn names(request: &Request, faults: &mut Vec<Fault>) {
    for (index, mode) in request.modes.iter().enumerate().take(MOST_MODES) {
        name(mode, &request.modes[..index], faults);
    }
}

fn name(mode: &Mode, earlier: &[Mode], faults: &mut Vec<Fault>) {
    let parts = mode.parts();
    let nested = parts.join("<") + &">".repeat(parts.len().saturating_sub(1));
    if nested != mode.name.value || parts.is_empty() {
        let message = format!("`{}` is not the name of a mode", mode.name.value);
        faults.push(mode.name.fault(message, "write `Name`, or `Outer<Inner>`"));
    }
    if let Some((_, part)) = parts.iter().enumerate().find(|(at, part)| parts[..*at].contains(part)) {
        let message = format!("`{part}` is at two positions in `{}`", *mode.name);
        faults.push(mode.name.fault(message, "rename one of them"));
        return;
    }
    // `Custom` and `Custom<Vocal>` would be one type with and without a parameter.
    for other in earlier {
        let depth = |part: &str| other.parts().iter().position(|it| *it == part);
        let leaf = |parts: &[&str], part: &str| parts.last() == Some(&part);
        let clash = parts.iter().enumerate().find(|(at, part)| {
            depth(part).is_some_and(|other_at| other_at != *at || leaf(&parts, part) != leaf(&other.parts(), part))
        });
        if let Some((_, part)) = clash {
            let message = format!("`{part}` is at different positions in `{}` and `{}`", *mode.name, *other.name);
            faults.push(mode.name.fault(message, "rename one of them"));
            return;
        }
    }
}

fn conditions(mode: &Mode, request: &Request, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    if mode.when.is_empty() && !mode.name.is_empty() {
        faults
            .push(mode.name.fault(format!("the mode `{}` has no `when`", *mode.name), "add `when = { field = true }`"));
    }
    for (wire, value) in &mode.when {
        known_field(request, wire, faults);
        let Some(field) = request.field(wire).filter(|field| !incomplete.has(&field.wire)) else { continue };
        let decides = matches!(*field.kind, FieldKind::Boolean(_) | FieldKind::Integer | FieldKind::Choice(..));
        if !decides || field.is_list() || field.constant.is_some() {
            let message = format!("`{}` cannot select the mode", wire.value);
            faults.push(wire.fault(message, "use a single `boolean`, `integer` or `choice`"));
        } else if field.is_choice_of(value) {
            let known = field.choices().iter().map(|choice| choice.wire.as_str());
            super::known_value("value", &value.with(value.to_string()), known, faults);
        } else if !of_type(field, value) {
            let message = format!("`{}` never has this value", wire.value);
            faults.push(value.fault(message, format!("must be {}", crate::lower::kind(&field.kind).word())));
        } else if !within_limits(field, value) {
            let message = format!("`{}` never has this value", wire.value);
            faults.push(value.fault(message, "must be from the `min` to the `max` of the field"));
        }
    }
}

fn within_limits(field: &Field, value: &Scalar) -> bool {
    let Scalar::Number(number) = value else { return true };
    let bound = |key| field.bounds.number(key).map(Decimal::value);
    bound("min").is_none_or(|min| number.value() >= min) && bound("max").is_none_or(|max| number.value() <= max)
}

fn of_type(field: &Field, value: &Scalar) -> bool {
    match (&*field.kind, value) {
        (FieldKind::Boolean(_), Scalar::Truth(_)) => true,
        (FieldKind::Integer, Scalar::Number(number)) => number.scale == 0,
        _ => false,
    }
}

/// The values of a field that selects the mode. `None` stands for any other value.
struct Switch<'a> {
    wire: &'a str,
    values: Vec<Option<Scalar>>,
}

impl<'a> Switch<'a> {
    fn of(wire: &'a str, request: &Request) -> Option<Self> {
        let field = request.field(wire)?;
        let truth = |truth| Some(Scalar::Truth(truth));
        let values = match &*field.kind {
            FieldKind::Boolean(_) => vec![truth(true), truth(false)],
            FieldKind::Choice(_, choices) => choices.iter().map(|choice| Some(choice.value.clone())).collect(),
            _ => Self::numbers(field, request),
        };
        Some(Self { wire, values })
    }

    /// Returns every number within narrow limits, otherwise the numbers in modes and "any other".
    fn numbers(field: &Field, request: &Request) -> Vec<Option<Scalar>> {
        let bound = |key| field.bounds.number(key).filter(|bound| bound.scale == 0).map(|bound| bound.digits);
        if let (Some(min), Some(max)) = (bound("min"), bound("max"))
            && max.saturating_sub(min) < MOST_NUMBERS
        {
            return (min..=max).map(|digits| Some(Scalar::Number(Decimal { digits, scale: 0 }))).collect();
        }
        let mut named: Vec<Option<Scalar>> = Vec::new();
        for value in request.modes.iter().filter_map(|mode| mode.own_value(field)) {
            if !named.iter().flatten().any(|other| other == value) {
                named.push(Some(value.clone()));
            }
        }
        named.push(None);
        named
    }
}

/// One value of each field that selects the mode.
type Combination<'a> = [(&'a str, Option<&'a Scalar>)];

fn coverage(request: &Request, faults: &mut Vec<Fault>) {
    let mut wires: Vec<&str> = Vec::new();
    for (wire, _) in request.modes.iter().flat_map(|mode| &mode.when) {
        if !wires.contains(&wire.as_str()) {
            wires.push(wire);
        }
    }
    let Some(last) = request.modes.last() else { return };
    let switches: Vec<Switch<'_>> = wires.iter().filter_map(|wire| Switch::of(wire, request)).collect();
    let product = switches.iter().try_fold(1_usize, |product, switch| product.checked_mul(switch.values.len()));
    let Some(product) = product.filter(|product| *product <= MOST_COMBINATIONS) else {
        let message = format!("the modes depend on more than {MOST_COMBINATIONS} combinations of values");
        faults.push(last.name.fault(message, "use fewer fields, or fields with fewer values, in `when`"));
        return;
    };
    let (mut uncovered, mut overlapping) = (0, Vec::new());
    for number in 0..product {
        let mut rest = number;
        let pick = |switch: &'_ Switch<'_>| {
            let picked = rest % switch.values.len();
            rest /= switch.values.len();
            picked
        };
        let picked: Vec<usize> = switches.iter().map(pick).collect();
        let values = switches.iter().zip(picked).map(|(switch, at)| (switch.wire, switch.values[at].as_ref()));
        let combination: Vec<_> = values.collect();
        let value = |wire: &str| combination.iter().find(|(name, _)| *name == wire).and_then(|(_, value)| *value);
        let fits = |mode: &&Mode| mode.when.iter().all(|(wire, wanted)| value(wire) == Some(&wanted.value));
        let fitting: Vec<&Mode> = request.modes.iter().filter(fits).collect();
        match fitting[..] {
            [] => {
                uncovered += 1;
                if uncovered <= MOST_UNCOVERED {
                    let message = format!("no mode for {}", describe(&combination));
                    faults.push(last.name.fault(message, "add a mode after this one"));
                }
            }
            [one, other, ..] if !overlapping.contains(&(&*one.name, &*other.name)) => {
                overlapping.push((&*one.name, &*other.name));
                let message = format!("`{}` overlaps `{}`", *other.name, *one.name);
                faults.push(other.name.fault(message, format!("both fit {}", describe(&combination))));
            }
            _ => {}
        }
    }
    if uncovered > MOST_UNCOVERED {
        let message = format!("no mode for {} more combinations", uncovered - MOST_UNCOVERED);
        faults.push(last.name.fault(message, "leave a field out of the `when` of a mode"));
    }
}

fn describe(combination: &Combination<'_>) -> String {
    let part = |(wire, value): &(&str, Option<&Scalar>)| match value {
        Some(value) => format!("{wire} = {value}"),
        None => format!("{wire} = any other"),
    };
    format!("`{{ {} }}`", combination.iter().map(part).collect::<Vec<_>>().join(", "))
}
