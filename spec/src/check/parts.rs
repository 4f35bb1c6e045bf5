//! Files that are only a base for others: what they have is checked, and what they lack is not missed.

use super::incomplete::Incomplete;
use super::{callback, limits, names, results, service, task, values};
use crate::fault::Fault;
use crate::model::{Bounds, Conditions, DefaultValue, Field, FieldKind, Limit, ModeSet, Request, ResultValue, Spec};
use crate::source::At;

/// Returns the faults that do not depend on what the file lacks. `read` has the faults that were found before.
pub(crate) fn of(spec: &Spec, read: &[Fault]) -> Vec<Fault> {
    let incomplete = &Incomplete::of(read);
    let mut found = Vec::new();
    let faults = &mut found;
    names::check(spec, faults);
    let closed = closed(spec.clone());
    service::check(&closed, incomplete, faults);
    task::check(&closed, incomplete, faults);
    results::check(&closed, incomplete, faults);
    callback::check(&closed, incomplete, faults);
    // Without a type, nothing is known about a field.
    for field in spec.request.fields.iter().filter(|field| !field.kind.is_nowhere()) {
        let limits = field.limits.iter().map(Some);
        for limit in limits.chain([None]) {
            let request = alone(field, limit);
            limits::check(&request, incomplete, faults);
            values::check(&Spec { request, ..closed.clone() }, incomplete, faults);
        }
    }
    // Stand-ins have no place. What they replace is not missed.
    found.retain(|fault| !fault.span().is_empty() && !incomplete.explains(fault));
    found
}

/// Removes what is about a part that the file may lack.
fn closed(mut spec: Spec) -> Spec {
    spec.results.iter_mut().for_each(|result| without_names(&mut result.value));
    if spec.poll.as_ref().is_none_or(|poll| poll.every.is_nowhere()) {
        spec.rate_limit = None;
    }
    if let Some(callback) = &mut spec.callback {
        callback.field = At::nowhere(String::new());
        if spec.statuses.is_empty() {
            callback.stages.iter_mut().for_each(|stage| stage.status = None);
        }
    }
    spec
}

fn without_names(value: &mut ResultValue) {
    value.echo = None;
    let members = &value.members;
    value.file_name.take_if(|named| !members.iter().any(|member| member.name.value == named.value));
    value.members.iter_mut().for_each(without_names);
}

/// Returns a request with a single field, at most one limit of it, and nothing about modes and conditions.
fn alone(field: &Field, limit: Option<&Limit>) -> Request {
    let always =
        |limit: &Limit| Limit { modes: None, models: None, when: Vec::new(), elsewhere: None, ..limit.clone() };
    // A limit with a condition may have a key that the table of the field has, too.
    let is_other =
        |key: &str| limit.is_none_or(|it| it.when.is_empty() || it.bounds.iter().all(|bound| bound.0 != key));
    let bounds = field.bounds.iter().filter(|bound| is_other(bound.0)).copied().collect();
    let mut field = Field {
        required: None,
        optional: Some(ModeSet::Always(field.wire.with(()))),
        forbidden: None,
        default: field.default.clone().map(|default| DefaultValue { modes: None, ..default }),
        conditions: Conditions::default(),
        bounds: Bounds(bounds),
        limits: limit.map(always).into_iter().collect(),
        ..field.clone()
    };
    match &mut field.kind.value {
        FieldKind::Choice(_, choices) => {
            for choice in choices {
                choice.conditions = Conditions::default();
            }
        }
        FieldKind::Boolean(values) => values.clear(),
        _ => {}
    }
    Request {
        name: At::nowhere(String::new()),
        doc: At::nowhere(String::new()),
        model: None,
        literal: None,
        try_literal: None,
        modes: Vec::new(),
        fields: vec![field],
        classes: Vec::new(),
        relations: Vec::new(),
    }
}
