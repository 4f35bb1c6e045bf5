//! Objects in requests: the members of each object.

use super::values::{check_value, has_type};
use super::{Broken, Field, Presence};
use crate::json::Json;

/// Checks the members of the object in a field, or of each in a list.
pub fn check_objects(field: &Field, value: &Json, broken: &mut Vec<Broken>) {
    match value {
        Json::List(items) if field.is_list => items.iter().for_each(|item| check_object(field, item, broken)),
        single if !field.is_list => check_object(field, single, broken),
        _ => {}
    }
}

fn check_object(field: &Field, object: &Json, broken: &mut Vec<Broken>) {
    let Json::Object(members) = object else { return };
    for (place, (name, _)) in members.iter().enumerate() {
        if field.members.iter().all(|member| member.name != *name) {
            broken.push(Broken::of(&field.name, "unknown member"));
        }
        if members[..place].iter().any(|(earlier, _)| earlier == name) {
            broken.push(Broken::of(&field.name, "twice").in_schema(false));
        }
    }
    for member in &field.members {
        let value = members.iter().find(|(name, _)| *name == member.name).map(|(_, value)| value);
        check_member(field, member, value, broken);
    }
}

fn check_member(field: &Field, member: &Field, value: Option<&Json>, broken: &mut Vec<Broken>) {
    let Some(value) = value else {
        if member.presence.contains(&Presence::Required) {
            broken.push(Broken::of(&field.name, "required member"));
        }
        return;
    };
    if let Err(is_in_schema) = has_type(member, value) {
        broken.push(Broken::of(&field.name, "type").in_schema(is_in_schema));
        return;
    }
    let mut found = Vec::new();
    check_value(member, value, member.limits.iter().flat_map(|limit| &limit.bounds), &mut found);
    broken.extend(found.into_iter().map(|it| Broken { fields: vec![field.name.clone()], ..it }));
}
