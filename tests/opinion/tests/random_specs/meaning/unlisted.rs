//! Values that open choices do not list. Each is judged as the listed value that it is like.

use super::{Broken, Field, Spec, evaluate};
use crate::json::Json;

/// The place of an open choice, and the listed value that its other values are like.
pub type Like = (usize, Json);

/// Returns every rule that a body breaks whose values need not be listed.
pub fn evaluate_with(spec: &Spec, body: &Json, likes: &[Like]) -> Vec<Broken> {
    let Json::Object(members) = body else { return evaluate(spec, body) };
    let mut broken = Vec::new();
    let mut members = members.clone();
    for (place, like) in likes {
        let field = &spec.fields[*place];
        for (_, value) in members.iter_mut().filter(|(name, _)| *name == field.name) {
            match value {
                Json::List(items) if field.is_list => {
                    for item in items {
                        take(field, item, like, &mut broken);
                    }
                }
                single => take(field, single, like, &mut broken),
            }
        }
    }
    broken.extend(evaluate(spec, &Json::Object(members)));
    broken
}

/// Replaces a text that the field does not list by the one that it is like.
fn take(field: &Field, value: &mut Json, like: &Json, broken: &mut Vec<Broken>) {
    let Json::Text(text) = &*value else { return };
    if field.values.iter().any(|choice| choice.value.is(value)) {
        return;
    }
    if !(1..=64).contains(&text.chars().count()) || text.chars().any(char::is_control) {
        broken.push(Broken::of(&field.name, "length and characters of an unlisted value"));
    }
    *value = like.clone();
}
