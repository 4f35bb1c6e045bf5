//! Limits: they fit the type, each mode and model has each limit once, and disputed figures have their places.

use crate::fault::Fault;
use crate::model::{Condition, Field, FieldKind, Is, Limit, Mode, Request, Scalar};
use crate::rules::{Bound, Decimal, MOST_EXACT};
use crate::source::At;

use super::{is_mode, known, known_modes};

/// Maximum number of models: the bits of a set.
const MOST_MODELS: usize = 64;
/// Length of the shortest address, `http://a`, in bytes.
const SHORTEST_ADDRESS: u32 = 8;
/// Tolerance for rounding when decimals are multiplied.
const TINY: f64 = 1e-9;

pub(super) fn check(request: &Request, faults: &mut Vec<Fault>) {
    model_field(request, faults);
    classes(request, faults);
    let models = request.models();
    for field in &request.fields {
        shape_of_field(field, faults);
        for limit in &field.limits {
            shape(field, limit, faults);
            disputes(limit, faults);
            known_modes(request, limit.modes.as_deref().unwrap_or_default(), faults);
            for model in limit.models.iter().flatten() {
                let classes = request.classes.iter().map(|(class, _)| class.as_str());
                known("model", model, models.iter().copied().chain(classes), faults);
            }
        }
        coverage(field, request, faults);
    }
}

fn shape_of_field(field: &Field, faults: &mut Vec<Fault>) {
    for bound in field.bounds.iter().chain(field.limits.iter().flat_map(|limit| limit.bounds.iter())) {
        fits_type(field, bound, faults);
    }
}

fn classes(request: &Request, faults: &mut Vec<Fault>) {
    let models = request.models();
    for (index, (class, members)) in request.classes.iter().enumerate() {
        if models.contains(&class.as_str())
            || request.classes[..index].iter().any(|(other, _)| other.value == class.value)
        {
            faults.push(class.fault(format!("the name `{}` is already used", class.value), "rename the class"));
        }
        if members.is_empty() {
            faults.push(class.fault(format!("the class `{}` has no models", class.value), "add its models"));
        }
        for member in members {
            known("model", member, models.iter().copied(), faults);
        }
    }
}

fn model_field(request: &Request, faults: &mut Vec<Fault>) {
    let Some(name) = &request.model else { return };
    let is_choice = |field: &&Field| matches!(*field.kind, FieldKind::Choice(..)) && !field.is_list();
    let choices = request.fields.iter().filter(is_choice);
    known("choice", name, choices.map(|field| field.wire.as_str()), faults);
    let count = request.models().len();
    if count > MOST_MODELS {
        faults.push(
            name.fault(format!("there are {count} models, and at most {MOST_MODELS} are allowed"), "remove some"),
        );
    }
}

/// Checks that the limit fits the type of its field.
fn fits_type(field: &Field, bound: &At<(&'static str, Bound)>, faults: &mut Vec<Fault>) {
    let (key, bound_value) = bound.value;
    let is_number = matches!(*field.kind, FieldKind::Number | FieldKind::Integer);
    let is_address = matches!(*field.kind, FieldKind::Url);
    let is_string = matches!(*field.kind, FieldKind::Text(_));
    let (fits, what, label) = match bound_value {
        Bound::MinLength(_) | Bound::MaxLength(_) => {
            (is_string || is_address, "a text", "use it with `string` or `url`")
        }
        Bound::MaxBytes(_) if is_string => (false, "an address", "use `max_length` and `unit = \"bytes\"`"),
        Bound::MaxBytes(_) => (is_address, "an address", "use it with `url`"),
        Bound::MinItems(_) | Bound::MaxItems(_) => (field.is_list(), "a list", "use it with `list = true`"),
        _ => (is_number, "a number", "use it with `number` or `integer`"),
    };
    if !fits {
        faults.push(bound.fault(format!("`{key}` is not allowed: the field is not {what}"), label));
    } else if let Bound::MaxBytes(..SHORTEST_ADDRESS) = bound_value {
        faults.push(bound.fault("no address can keep this limit", format!("must be at least {SHORTEST_ADDRESS}")));
    } else if matches!(bound_value, Bound::MaxLength(0) | Bound::MaxItems(0)) {
        faults.push(bound.fault("no value can keep this limit", "must be at least 1"));
    } else if let Bound::MultipleOf(step) = bound_value
        && step.value() <= 0.0
    {
        faults.push(bound.fault("`multiple_of` must be more than 0", format!("this is {step}")));
    } else if matches!(*field.kind, FieldKind::Integer)
        && (bound_value.figure().scale > 0 || bound_value.figure().digits.unsigned_abs() > MOST_EXACT.unsigned_abs())
    {
        faults.push(bound.fault("a limit of an integer must be a whole number", format!("of at most {MOST_EXACT}")));
    }
}

/// Checks that a value can keep all limits which hold together.
fn feasible(field: &Field, holding: &[&At<(&'static str, Bound)>], faults: &mut Vec<Fault>) {
    let figure = |wanted: fn(&Bound) -> bool| holding.iter().find(|bound| wanted(&bound.1)).map(|bound| **bound);
    for (least, most, what) in [
        (figure(|it| matches!(it, Bound::MinLength(_))), figure(|it| matches!(it, Bound::MaxLength(_))), "text"),
        // A character has at least one byte.
        (figure(|it| matches!(it, Bound::MinLength(_))), figure(|it| matches!(it, Bound::MaxBytes(_))), "address"),
        (figure(|it| matches!(it, Bound::MinItems(_))), figure(|it| matches!(it, Bound::MaxItems(_))), "list"),
    ] {
        if let (Some(least), Some(most)) = (least, most)
            && least.1.figure().value() > most.1.figure().value()
        {
            let label = format!("less than `{}`, which is {}", least.0, least.1.figure());
            faults.push(most.fault(format!("no {what} can keep both limits"), label));
        }
    }
    let value = |bound: &At<(&'static str, Bound)>| bound.1.figure().value();
    // The stricter of two limits on one side counts. Of equal ones, the exclusive one is stricter.
    let lower = holding.iter().filter(|it| matches!(it.1, Bound::Min(_) | Bound::Above(_))).map(|it| **it);
    let upper = holding.iter().filter(|it| matches!(it.1, Bound::Max(_) | Bound::Below(_))).map(|it| **it);
    let is_tie = |one: &At<(&'static str, Bound)>| matches!(one.1, Bound::Above(_) | Bound::Below(_));
    let least = lower.reduce(|one, other| {
        if value(&other) > value(&one) || (value(&other) >= value(&one) && is_tie(&other)) { other } else { one }
    });
    let most = upper.reduce(|one, other| {
        if value(&other) < value(&one) || (value(&other) <= value(&one) && is_tie(&other)) { other } else { one }
    });
    let (Some(least), Some(most)) = (least, most) else { return };
    let open = matches!(least.1, Bound::Above(_)) || matches!(most.1, Bound::Below(_));
    let (low, high) = (least.1.figure().value(), most.1.figure().value());
    if low > high || (low >= high && open) {
        let label = format!("no value is above `{}`, which is {}", least.0, least.1.figure());
        return faults.push(most.fault("no number can keep both limits", label));
    }
    let step = figure(|it| matches!(it, Bound::MultipleOf(step) if step.value() > 0.0));
    let whole = matches!(*field.kind, FieldKind::Integer).then_some(1.0);
    let Some(size) = step.map(|step| step.1.figure().value()).or(whole) else { return };
    let first = (low / size).ceil();
    let first =
        if matches!(least.1, Bound::Above(_)) && (first * size - low).abs() < TINY { first + 1.0 } else { first };
    let reached = first * size;
    if reached > high + TINY || (matches!(most.1, Bound::Below(_)) && reached > high - TINY) {
        let place = step.unwrap_or(most);
        faults.push(place.fault("no number can keep `multiple_of` and both limits", "make it smaller"));
    }
}

fn shape(field: &Field, limit: &Limit, faults: &mut Vec<Fault>) {
    let figures = limit.bounds.iter().count() + usize::from(limit.max_seconds.is_some());
    if figures == 0 {
        faults.push(limit.at.fault("the limit has no figure", "add `max_length`, `max` or another limit"));
    }
    if let Some(figure) = &limit.max_seconds {
        if !matches!(*field.kind, FieldKind::Url) {
            faults.push(figure.fault("`max_seconds` is not allowed: the field is not an address", "use it with `url`"));
        } else if figure.value == 0 {
            faults.push(figure.fault("no value can keep this limit", "must be at least 1"));
        }
    }
    for (key, names) in [("modes", &limit.modes), ("models", &limit.models)] {
        if names.as_ref().is_some_and(Vec::is_empty) {
            faults.push(limit.at.fault(format!("`{key}` is empty"), "the limit never holds"));
        }
    }
    if figures > 1 && !limit.disputed.is_empty() {
        faults.push(limit.at.fault("`disputed` with several figures", "write a separate limit for each figure"));
    }
}

fn disputes(limit: &Limit, faults: &mut Vec<Fault>) {
    let seconds = limit.max_seconds.as_ref().map(|at| at.with(Decimal { digits: at.value.into(), scale: 0 }));
    let figure = limit.bounds.iter().next().map(|bound| bound.with(bound.1.figure())).or(seconds);
    let (Some(figure), Some(first)) = (figure, limit.disputed.first()) else { return };
    if limit.disputed.len() < 2 {
        faults.push(first.figure.fault("`disputed` needs two entries", "add the other figure and its place"));
    } else if !limit.disputed.iter().any(|dispute| dispute.figure.value == figure.value) {
        faults.push(
            figure.fault("the enforced figure is not among the disputed ones", "add the place that has this figure"),
        );
    }
}

/// Checks that every mode and model has each limit once, and that a value can keep all of them.
fn coverage(field: &Field, request: &Request, faults: &mut Vec<Fault>) {
    let always: Vec<_> = field.bounds.iter().collect();
    feasible(field, &always, faults);
    let mode_names = || field.limits.iter().flat_map(|limit| limit.modes.iter().flatten());
    let model_names = || field.limits.iter().flat_map(|limit| limit.models.iter().flatten());
    let models = request.models();
    let is_model = |name: &At<String>| models.iter().any(|model| request.is_model_named(model, name));
    if field.limits.is_empty() || !mode_names().all(|name| is_mode(request, name)) || !model_names().all(is_model) {
        // After a misspelt name, other faults would only follow from it.
        return;
    }
    let models = if models.is_empty() { vec![""] } else { models };
    let allows = |mode: &&Mode| !field.forbidden.as_ref().is_some_and(|set| set.has(mode));
    let modes: Vec<Option<&Mode>> = request.modes.iter().filter(allows).map(Some).collect();
    let modes = if request.modes.is_empty() { vec![None] } else { modes };
    for mode in modes {
        for model in models.iter().filter(|model| may_be_with(field, request, model)) {
            let holding = |limit: &&Limit| holds(limit, request, mode, model);
            let bounds: Vec<_> = field.limits.iter().filter(holding).flat_map(|limit| limit.bounds.iter()).collect();
            each_once(field, &bounds, &describe(mode, model), faults);
            feasible(field, &[always.clone(), bounds].concat(), faults);
        }
    }
}

/// Whether the field is allowed with this model, as far as `allowed_when` names models.
fn may_be_with(field: &Field, request: &Request, model: &str) -> bool {
    let Some(name) = &request.model else { return true };
    let asks_for_others = |condition: &Condition| {
        condition.terms.iter().any(|(wire, is)| match &is.value {
            Is::OneOf(values) if wire.value == name.value => {
                !values.iter().any(|value| value.value == Scalar::Text(model.to_owned()))
            }
            _ => false,
        })
    };
    let allowed = &field.conditions.allowed;
    allowed.is_empty() || !allowed.iter().all(asks_for_others)
}

fn each_once(field: &Field, holding: &[&At<(&'static str, Bound)>], place: &str, faults: &mut Vec<Fault>) {
    let mut keys: Vec<&str> = Vec::new();
    for bound in field.limits.iter().flat_map(|limit| limit.bounds.iter()) {
        if !keys.contains(&bound.0) {
            keys.push(bound.0);
        }
    }
    for key in keys {
        let of_key: Vec<_> = holding.iter().filter(|bound| bound.0 == key).collect();
        let conditional =
            field.limits.iter().any(|it| !it.when.is_empty() && it.bounds.iter().any(|bound| bound.0 == key));
        let first = field.limits.iter().find(|limit| limit.bounds.iter().any(|bound| bound.0 == key));
        match (&of_key[..], first) {
            ([], Some(first)) if !conditional => {
                let message = format!("`{}` has no `{key}`{place}", *field.wire);
                faults.push(first.at.fault(message, "add another limit"));
            }
            ([_, second, ..], _) => {
                faults.push(second.fault(format!("`{}` has `{key}` twice{place}", *field.wire), "remove this one"));
            }
            _ => {}
        }
    }
}

fn holds(limit: &Limit, request: &Request, mode: Option<&Mode>, model: &str) -> bool {
    let in_mode = match (&limit.modes, mode) {
        (Some(names), Some(mode)) => names.iter().any(|name| mode.is_named(name)),
        (Some(_), None) => false,
        (None, _) => true,
    };
    let with_model = |names: &Vec<At<String>>| names.iter().any(|name| request.is_model_named(model, name));
    in_mode && limit.when.is_empty() && limit.models.as_ref().is_none_or(with_model)
}

fn describe(mode: Option<&Mode>, model: &str) -> String {
    let model = if model.is_empty() { String::new() } else { format!(" with `{model}`") };
    model + &mode.map(|mode| format!(" in `{}`", *mode.name)).unwrap_or_default()
}
