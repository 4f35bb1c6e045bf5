//! Conditions, compared by what they say of every state that the fields they name can be in.

use super::Changes;
use crate::model::{Condition, Conditions, Field, FieldKind, Is, Request, Scalar};

/// More states than these are not looked at; the change then counts as breaking.
const MOST_STATES: usize = 20_000;

pub(super) struct Conditioned<'a> {
    pub(super) request: &'a Request,
    pub(super) conditions: Conditions,
}

/// Where more or fewer states fulfil a condition.
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
    // Where nothing is said, everything is allowed, and nothing required or forbidden.
    match shift((&was.allowed, true), (&is.allowed, true), old.request, new.request) {
        Shift::Same => {}
        Shift::More if is.allowed.is_empty() => {
            changes.loosening(format!("{what} is taken whatever the other fields say"));
        }
        Shift::More => changes.loosening(format!("{what} is taken in more cases: where {}", text(&is.allowed))),
        Shift::Fewer | Shift::Other => changes.breaking(format!("{what} is taken only where {}", text(&is.allowed))),
    }
    match shift((&was.forbidden, false), (&is.forbidden, false), old.request, new.request) {
        Shift::Same => {}
        Shift::Fewer if is.forbidden.is_empty() => {
            changes.loosening(format!("{what} is no longer ruled out by other fields"));
        }
        Shift::Fewer => changes.loosening(format!("{what} is ruled out in fewer cases: where {}", text(&is.forbidden))),
        Shift::More | Shift::Other => {
            changes.breaking(format!("{what} must be left out where {}", text(&is.forbidden)));
        }
    }
    match shift((&was.required, false), (&is.required, false), old.request, new.request) {
        Shift::Same => {}
        Shift::Fewer if is.required.is_empty() => {
            changes.loosening(format!("{what} is no longer required by other fields"));
        }
        Shift::Fewer => changes.loosening(format!("{what} is required in fewer cases: where {}", text(&is.required))),
        Shift::More | Shift::Other => changes.breaking(format!("{what} is required where {}", text(&is.required))),
    }
}

/// What a field is in one state: left out, or of a value; `None` stands for any other value.
type State<'a> = Option<Option<&'a Scalar>>;

/// Compares two lists of conditions, each with what holds where it is empty.
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
        // A choice that no longer exists, or did not yet, tells nothing about the conditions.
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
