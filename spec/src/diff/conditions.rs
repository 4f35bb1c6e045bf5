//! Conditions, compared by their results for every combination of values of their fields.

use super::Changes;
use crate::model::{Condition, Conditions, Field, FieldKind, Is, Mode, Request, Scalar};
use crate::rules::Presence;

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

/// The state of a field in one combination.
#[derive(Clone, Copy, PartialEq)]
enum State<'a> {
    /// It is left out, in a mode in which its default counts.
    Default,
    /// It is left out, in a mode in which its default does not count.
    LeftOut,
    /// It has this value.
    Value(&'a Scalar),
    /// It has any other value.
    Other,
}

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
            let mut states = vec![State::Default, State::LeftOut, State::Other];
            for value in mentioned(wire) {
                if !states.contains(&State::Value(value)) {
                    states.push(State::Value(value));
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
        let exists = |request: &Request| wires.iter().zip(&state).all(|(wire, state)| can_be(request, wire, *state));
        if !exists(old_request) || !exists(new_request) {
            continue;
        }
        let of = |wire: &str| wires.iter().position(|name| *name == wire).map_or(State::LeftOut, |at| state[at]);
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

fn can_be(request: &Request, wire: &str, state: State<'_>) -> bool {
    let Some(field) = request.field(wire) else { return matches!(state, State::Default | State::LeftOut) };
    match (&*field.kind, state) {
        (FieldKind::Choice(_, choices), State::Value(value)) => choices.iter().any(|choice| choice.value == *value),
        // Without a default, both states are the same.
        (_, State::LeftOut) if field.default.is_some() => {
            request.each_mode().any(|mode| field.default_in(mode).is_none() && can_be_left_out(field, mode))
        }
        _ => true,
    }
}

fn can_be_left_out(field: &Field, mode: Option<&Mode>) -> bool {
    matches!(field.presence_in(mode), Presence::Optional | Presence::Forbidden)
}

fn holds<'s>(condition: &Condition, request: &'s Request, of: &impl Fn(&str) -> State<'s>) -> bool {
    condition.terms.iter().all(|(wire, is)| {
        let state = of(wire);
        match &is.value {
            Is::Given => matches!(state, State::Value(_) | State::Other),
            Is::Absent => matches!(state, State::Default | State::LeftOut),
            Is::OneOf(values) => {
                let default = || request.field(wire)?.default.as_ref().map(|default| &*default.value);
                let value = match state {
                    State::Value(value) => Some(value),
                    State::Default => default(),
                    State::LeftOut | State::Other => None,
                };
                value.is_some_and(|value| values.iter().any(|one| one.value == *value))
            }
        }
    })
}
