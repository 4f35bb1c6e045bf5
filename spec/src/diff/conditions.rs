//! Conditions, compared by their results for every combination of values of their fields.

use super::Changes;
use crate::model::{Condition, Conditions, Field, FieldKind, Is, Request, Scalar};

/// Maximum number of combinations that are compared. With more, a change counts as breaking.
const MOST_STATES: usize = 20_000;

pub(super) struct Conditioned<'a> {
    pub(super) request: &'a Request,
    pub(super) conditions: Conditions,
}

/// Whether more or fewer combinations fulfil a condition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shift {
    Same,
    More,
    Fewer,
    Other,
}

pub(super) fn compare(what: &str, old: &Conditioned<'_>, new: &Conditioned<'_>, changes: &mut Changes) {
    let (was, is) = (&old.conditions, &new.conditions);
    let text = Condition::any_in_words;
    // Without conditions, everything is allowed, and nothing required or forbidden.
    match shift((&was.allowed, true), (&is.allowed, true), old.request, new.request) {
        Shift::Same => {}
        Shift::More if is.allowed.is_empty() => {
            changes.loosening(format!("{what} is allowed independently of other fields"));
        }
        Shift::More => changes.loosening(format!("{what} is allowed in more cases: if {}", text(&is.allowed))),
        Shift::Fewer | Shift::Other => changes.breaking(format!("{what} is allowed only if {}", text(&is.allowed))),
    }
    match shift((&was.forbidden, false), (&is.forbidden, false), old.request, new.request) {
        Shift::Same => {}
        Shift::Fewer if is.forbidden.is_empty() => {
            changes.loosening(format!("{what} is no longer forbidden by other fields"));
        }
        Shift::Fewer => changes.loosening(format!("{what} is forbidden in fewer cases: if {}", text(&is.forbidden))),
        Shift::More | Shift::Other => {
            changes.breaking(format!("{what} must be left out if {}", text(&is.forbidden)));
        }
    }
    match shift((&was.required, false), (&is.required, false), old.request, new.request) {
        Shift::Same => {}
        Shift::Fewer if is.required.is_empty() => {
            changes.loosening(format!("{what} is no longer required by other fields"));
        }
        Shift::Fewer => changes.loosening(format!("{what} is required in fewer cases: if {}", text(&is.required))),
        Shift::More | Shift::Other => changes.breaking(format!("{what} is required if {}", text(&is.required))),
    }
}

/// The value of a field in one combination, or that it is left out. `None` stands for any other value.
type State<'a> = Option<Option<&'a Scalar>>;

/// Compares two lists of conditions, each with its result if it is empty.
pub(super) fn shift(
    (old, old_empty): (&[Condition], bool),
    (new, new_empty): (&[Condition], bool),
    old_request: &Request,
    new_request: &Request,
) -> Shift {
    let mut wires: Vec<&str> = Vec::new();
    for (wire, _) in old.iter().chain(new).flat_map(|condition| &condition.terms) {
        if !wires.contains(&wire.as_str()) {
            wires.push(wire);
        }
    }
    let mentioned = |wire: &str| {
        let terms =
            old.iter().chain(new).flat_map(|condition| &condition.terms).filter(move |(name, _)| name.value == *wire);
        let values = terms.filter_map(|(_, is)| if let Is::OneOf(values) = &is.value { Some(values) } else { None });
        values.flatten().map(|value| &value.value).collect::<Vec<_>>()
    };
    let domains: Vec<Vec<State<'_>>> = wires
        .iter()
        .map(|wire| {
            let mut states: Vec<State<'_>> = vec![None, Some(None)];
            for value in mentioned(wire) {
                if !states.contains(&Some(Some(value))) {
                    states.push(Some(Some(value)));
                }
            }
            states
        })
        .collect();
    let count = domains.iter().try_fold(1_usize, |product, domain| product.checked_mul(domain.len()));
    let Some(count) = count.filter(|count| *count <= MOST_STATES) else { return Shift::Other };
    let (mut more, mut fewer) = (false, false);
    for number in 0..count {
        let mut rest = number;
        let state: Vec<State<'_>> = domains
            .iter()
            .map(|domain| {
                let at = rest % domain.len();
                rest /= domain.len();
                domain[at]
            })
            .collect();
        // Choices that exist on one side only are not compared.
        let exists =
            |request: &Request| wires.iter().zip(&state).all(|(wire, state)| can_be(request.field(wire), *state));
        if !exists(old_request) || !exists(new_request) {
            continue;
        }
        let of = |wire: &str| wires.iter().position(|name| *name == wire).and_then(|at| state[at]);
        let was = if old.is_empty() { old_empty } else { old.iter().any(|it| holds(it, old_request, &of)) };
        let is = if new.is_empty() { new_empty } else { new.iter().any(|it| holds(it, new_request, &of)) };
        more |= is && !was;
        fewer |= was && !is;
    }
    match (more, fewer) {
        (false, false) => Shift::Same,
        (true, false) => Shift::More,
        (false, true) => Shift::Fewer,
        (true, true) => Shift::Other,
    }
}

fn can_be(field: Option<&Field>, state: State<'_>) -> bool {
    match (field.map(|field| &*field.kind), state) {
        (None, state) => state.is_none(),
        (Some(FieldKind::Choice(_, choices)), Some(Some(Scalar::Text(text)))) => {
            choices.iter().any(|choice| choice.wire.value == *text)
        }
        _ => true,
    }
}

fn holds<'s>(condition: &Condition, request: &'s Request, of: &impl Fn(&str) -> State<'s>) -> bool {
    condition.terms.iter().all(|(wire, is)| {
        let state = of(wire);
        match &is.value {
            Is::Given => state.is_some(),
            Is::Absent => state.is_none(),
            Is::OneOf(values) => {
                let default = request.field(wire).and_then(|field| field.default.as_deref());
                let value = match state {
                    Some(value) => value,
                    None => default,
                };
                value.is_some_and(|value| values.iter().any(|one| one.value == *value))
            }
        }
    })
}
