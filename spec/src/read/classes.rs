//! The names of classes in conditions, which stand for their models.

use crate::model::{Condition, Conditions, Field, FieldKind, Is, Spec};
use crate::source::{At, Scalar};

/// Replaces the name of each class by its models, wherever a condition has it as a value of the model field.
///
/// A class with a fault of its own stays, so that no condition has a fault that follows from it.
pub(super) fn replace_by_models(spec: &mut Spec) {
    let request = &spec.request;
    let Some(wire) = request.model.as_ref().map(|model| model.value.clone()) else { return };
    let models = request.models();
    let is_whole = |(name, members): &&(At<String>, Vec<At<String>>)| {
        !models.contains(&name.as_str()) && members.iter().all(|member| models.contains(&member.as_str()))
    };
    let classes: Vec<_> = request.classes.iter().filter(is_whole).filter(|(_, all)| !all.is_empty()).cloned().collect();
    for (name, is) in conditions(spec).into_iter().flat_map(|condition| &mut condition.terms) {
        if let Is::OneOf(values) = &mut is.value
            && name.value == wire
        {
            *values = with_models(values, &classes);
        }
    }
}

fn conditions(spec: &mut Spec) -> Vec<&mut Condition> {
    let fields = spec.request.fields.iter_mut().flat_map(of_field);
    let relations = spec.request.relations.iter_mut().flat_map(|relation| &mut relation.when);
    let costs = spec.credits.iter_mut().flat_map(|credits| &mut credits.costs).flat_map(|entry| &mut entry.when);
    fields.chain(relations).chain(costs).collect()
}

fn of_field(field: &mut Field) -> Vec<&mut Condition> {
    let values: Vec<&mut Conditions> = match &mut field.kind.value {
        FieldKind::Boolean(values) => values.iter_mut().map(|(_, conditions)| conditions).collect(),
        FieldKind::Choice(_, choices) => choices.iter_mut().map(|choice| &mut choice.conditions).collect(),
        _ => Vec::new(),
    };
    let own = std::iter::once(&mut field.conditions).chain(values);
    let own = own.flat_map(|all| all.required.iter_mut().chain(&mut all.allowed).chain(&mut all.forbidden));
    own.chain(field.limits.iter_mut().flat_map(|limit| &mut limit.when)).collect()
}

/// Returns the values with the models of each class in its place, each once.
fn with_models(values: &[At<Scalar>], classes: &[(At<String>, Vec<At<String>>)]) -> Vec<At<Scalar>> {
    let mut all: Vec<At<Scalar>> = Vec::new();
    for value in values {
        let class = classes.iter().find(|(name, _)| value.value == Scalar::Text(name.value.clone()));
        let models = class.into_iter().flat_map(|(_, members)| members);
        let models = models.map(|member| value.with(Scalar::Text(member.value.clone())));
        let one = class.is_none().then(|| value.clone());
        for value in models.chain(one) {
            if !all.iter().any(|other| other.value == value.value) {
                all.push(value);
            }
        }
    }
    all
}
