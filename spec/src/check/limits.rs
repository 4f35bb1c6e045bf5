//! Limits: they fit the type, each mode and model has each limit once, and disputed figures have their places.

use crate::fault::Fault;
use crate::lower;
use crate::model::{Field, FieldKind, Limit, Request};
use crate::rules::{Bound, Decimal, Kind, MOST_EXACT};
use crate::source::At;

use super::{Incomplete, coverage, known, known_modes, known_value};

/// Maximum number of models: the bits of a set.
const MOST_MODELS: usize = 64;
/// Length of the shortest address, `http://a`, in bytes and in characters.
const SHORTEST_ADDRESS: u32 = 8;
pub(super) fn check(request: &Request, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    let has_models = model_field(request, incomplete, faults);
    classes(request, has_models, faults);
    for field in &request.fields {
        if !incomplete.has(&field.wire) {
            shape_of_field(field, faults);
        }
        for member in field.members().iter().filter(|member| !incomplete.has(&member.wire)) {
            shape_of_field(member, faults);
            let bounds: Vec<_> = member.bounds.iter().collect();
            faults.extend(coverage::contradiction(member, &bounds));
        }
        for limit in &field.limits {
            shape(field, limit, faults);
            disputes(limit, faults);
            known_modes(request, limit.modes.as_deref().unwrap_or_default(), faults);
            for model in limit.models.iter().flatten().filter(|_| has_models) {
                let classes = request.classes.iter().map(|(class, _)| class.as_str());
                known_value("model", model, request.models().into_iter().chain(classes), faults);
            }
        }
        coverage::check(field, request, incomplete, faults);
    }
}

fn shape_of_field(field: &Field, faults: &mut Vec<Fault>) {
    for bound in field.bounds.iter().chain(field.limits.iter().flat_map(|limit| limit.bounds.iter())) {
        fits_type(field, bound, faults);
    }
    for bound in field.limits.iter().flat_map(|limit| limit.bounds.iter()).filter(|it| it.1 == Bound::MinLength(0)) {
        let label = "move it to the table of the field, where it allows an empty text";
        faults.push(bound.fault("`min_length = 0` in `limits` has no effect", label));
    }
}

fn classes(request: &Request, has_models: bool, faults: &mut Vec<Fault>) {
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
        for member in members.iter().filter(|_| has_models) {
            known_value("model", member, models.iter().copied(), faults);
        }
    }
}

/// Checks the field that selects the model, and returns whether its models are known.
fn model_field(request: &Request, incomplete: &Incomplete, faults: &mut Vec<Fault>) -> bool {
    let Some(name) = &request.model else {
        let in_limits = request.fields.iter().flat_map(|field| &field.limits).filter_map(|limit| limit.models.as_ref());
        let in_classes = request.classes.iter().map(|(_, models)| models);
        if let Some(first) = in_classes.chain(in_limits).flatten().next()
            && !incomplete.has_named("request")
        {
            let message = format!("`{}` is named as a model, but the request has no model field", first.value);
            faults.push(first.fault(message, "add `model = …` to `[request]`, with the name of a field"));
        }
        return false;
    };
    let is_choice = |field: &Field| matches!(lower::kind(&field.kind), Kind::Choice(_)) && !field.is_list();
    match request.field(name) {
        Some(field) if incomplete.has(&field.wire) => return false,
        Some(field) if !is_choice(field) => {
            let message = format!("`{}` cannot select the model", name.value);
            faults.push(name.fault(message, "name a single field of type `choice`, without `of`"));
            return false;
        }
        Some(_) => {}
        None if request.fields.is_empty() => return false,
        None => {
            let choices = request.fields.iter().filter(|field| is_choice(field));
            known("field", name, choices.map(|field| field.wire.as_str()), faults);
            return false;
        }
    }
    let count = request.models().len();
    if count > MOST_MODELS {
        faults.push(
            name.fault(format!("there are {count} models, and at most {MOST_MODELS} are allowed"), "remove some"),
        );
    }
    count > 0
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
    } else if is_address
        && matches!(bound_value, Bound::MaxBytes(..SHORTEST_ADDRESS) | Bound::MaxLength(..SHORTEST_ADDRESS))
    {
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
    if let Some(elsewhere) = &limit.elsewhere {
        if !limit.when.is_empty() {
            let message = "`elsewhere` has no effect: a limit with `when` need not hold in every mode with every model";
            faults.push(elsewhere.fault(message, "remove it"));
        } else if limit.modes.is_none() && limit.models.is_none() {
            let message = "`elsewhere` has no effect: this limit holds in every mode with every model";
            faults.push(elsewhere.fault(message, "remove it, or add `modes` or `models`"));
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
    } else if limit.disputed.iter().all(|dispute| dispute.figure.value == figure.value) {
        let label = "add the other figure and its place, or write `[[disputed]]` if the figures are of different units";
        faults.push(first.figure.fault("all entries of `disputed` have the enforced figure", label));
    }
}
