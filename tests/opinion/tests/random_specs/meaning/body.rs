//! The verdict on a body: its mode, and the presence and the conditions of its fields.

use super::objects::check_objects;
use super::over_several::check_over_several;
use super::values::{check_limits, has_type};
use super::{Broken, Condition, Conditions, Field, Matcher, Presence, Scope, Spec};
use crate::json::Json;

/// A body in its mode.
pub struct Body<'a> {
    pub spec: &'a Spec,
    pub mode: usize,
    /// For each field, what the body has.
    members: Vec<Option<&'a Json>>,
}

/// Returns every rule that the body breaks.
pub fn evaluate(spec: &Spec, body: &Json) -> Vec<Broken> {
    let Json::Object(members) = body else {
        return vec![Broken { fields: Vec::new(), rule: "object", is_in_schema: true }];
    };
    if members.iter().any(|(_, value)| has_infinite(value)) {
        return vec![Broken { fields: Vec::new(), rule: "object", is_in_schema: true }];
    }
    let mut broken = check_names(spec, members);
    let first = |field: &Field| members.iter().find(|(name, _)| *name == field.name).map(|(_, value)| value);
    let members: Vec<Option<&Json>> = spec.fields.iter().map(first).collect();
    check_types(spec, &members, &mut broken);
    let Some(mode) = (0..spec.modes.len()).find(|mode| has_mode(spec, *mode, &members)) else {
        let selects = |place: &usize| spec.modes.iter().any(|mode| mode.when.iter().any(|(field, _)| field == place));
        let names = (0..spec.fields.len()).filter(selects).map(|place| spec.fields[place].name.clone()).collect();
        broken.push(Broken { fields: names, rule: "mode", is_in_schema: true });
        return broken;
    };
    let body = Body { spec, mode, members };
    for place in 0..spec.fields.len() {
        body.check_presence(place, &mut broken);
        body.check_conditions(place, &mut broken);
        body.check_choice(place, &mut broken);
        check_limits(&body, place, &mut broken);
    }
    check_over_several(&body, &mut broken);
    broken
}

/// Whether a number is beyond the range of 64-bit floating point.
fn has_infinite(value: &Json) -> bool {
    match value {
        Json::List(items) => items.iter().any(has_infinite),
        Json::Object(members) => members.iter().any(|(_, value)| has_infinite(value)),
        _ => value.as_number().is_some_and(f64::is_infinite),
    }
}

fn check_names(spec: &Spec, members: &[(String, Json)]) -> Vec<Broken> {
    let mut broken = Vec::new();
    for (place, (name, _)) in members.iter().enumerate() {
        if spec.fields.iter().all(|field| field.name != *name) {
            broken.push(Broken::of(name, "unknown"));
        }
        if members[..place].iter().any(|(earlier, _)| earlier == name) {
            broken.push(Broken::of(name, "twice").in_schema(false));
        }
    }
    broken
}

fn check_types(spec: &Spec, members: &[Option<&Json>], broken: &mut Vec<Broken>) {
    for (field, value) in spec.fields.iter().zip(members) {
        match (value, &field.constant) {
            (Some(value), Some(constant)) if !value.is(constant) => broken.push(Broken::of(&field.name, "constant")),
            (None, Some(_)) => broken.push(Broken::of(&field.name, "constant")),
            (Some(Json::Null), None) if !field.is_nullable => broken.push(Broken::of(&field.name, "null")),
            (Some(Json::Null) | None, _) => {}
            (Some(value), _) => {
                if let Err(is_in_schema) = has_type(field, value) {
                    broken.push(Broken::of(&field.name, "type").in_schema(is_in_schema));
                }
                check_objects(field, value, broken);
            }
        }
    }
}

/// Whether the body has the values of the mode. A field that is left out has its default, if that counts in the mode.
fn has_mode(spec: &Spec, mode: usize, members: &[Option<&Json>]) -> bool {
    spec.modes[mode].when.iter().all(|(place, value)| match members[*place] {
        Some(given) => given.is(value),
        None => spec.fields[*place].counted_default(mode).is_some_and(|default| default.is(value)),
    })
}

impl Field {
    fn counted_default(&self, mode: usize) -> Option<&Json> {
        let (default, counts) = self.default.as_ref()?;
        (counts[mode] && self.presence[mode] != Presence::Forbidden).then_some(default)
    }
}

impl<'a> Body<'a> {
    /// Places the members of a body that has a mode.
    pub fn of(spec: &'a Spec, body: &'a Json) -> Option<Self> {
        let Json::Object(members) = body else { return None };
        let first = |field: &Field| members.iter().find(|(name, _)| *name == field.name).map(|(_, value)| value);
        let members: Vec<Option<&Json>> = spec.fields.iter().map(first).collect();
        let mode = (0..spec.modes.len()).find(|mode| has_mode(spec, *mode, &members))?;
        Some(Self { spec, mode, members })
    }

    /// Returns what the body has for the field.
    pub fn member(&self, place: usize) -> Option<&'a Json> {
        self.members[place]
    }

    pub fn is_given(&self, place: usize) -> bool {
        let field = &self.spec.fields[place];
        self.members[place].is_some() || field.presence[self.mode] == Presence::Set || field.constant.is_some()
    }

    /// Returns the value that counts for the field: given, set by the mode, constant or by default, but not null.
    pub fn value(&self, place: usize) -> Option<&'a Json> {
        let field = &self.spec.fields[place];
        let set = self.spec.modes[self.mode].when.iter().find(|(own, _)| *own == place).map(|(_, value)| value);
        let value =
            self.members[place].or(set).or(field.constant.as_ref()).or_else(|| field.counted_default(self.mode));
        value.filter(|value| **value != Json::Null)
    }

    pub fn holds(&self, scope: &Scope) -> bool {
        let model = self.spec.model.and_then(|place| self.value(place));
        let is_of = |models: &Vec<Json>| model.is_some_and(|model| models.iter().any(|it| it.is(model)));
        scope.modes[self.mode]
            && scope.models.as_ref().is_none_or(is_of)
            && scope.when.as_ref().is_none_or(|conditions| self.one_holds(conditions))
    }

    pub fn one_holds(&self, conditions: &[Condition]) -> bool {
        let matches = |(place, matcher): &(usize, Matcher)| match matcher {
            Matcher::Given(given) => self.is_given(*place) == *given,
            Matcher::Any(values) => self.value(*place).is_some_and(|value| values.iter().any(|it| it.is(value))),
        };
        conditions.iter().any(|condition| condition.iter().all(matches))
    }

    fn check_presence(&self, place: usize, broken: &mut Vec<Broken>) {
        let field = &self.spec.fields[place];
        match (field.presence[self.mode], self.members[place]) {
            (Presence::Required, None) if field.constant.is_none() => broken.push(Broken::of(&field.name, "required")),
            (Presence::Forbidden, Some(_)) => broken.push(Broken::of(&field.name, "forbidden")),
            _ => {}
        }
    }

    fn check_conditions(&self, place: usize, broken: &mut Vec<Broken>) {
        let field = &self.spec.fields[place];
        if field.presence[self.mode] != Presence::Optional {
            return;
        }
        let holds = |conditions: &Conditions| conditions.as_ref().map(|it| self.one_holds(it));
        let is_given = self.is_given(place);
        if !is_given && holds(&field.required_when) == Some(true) {
            broken.push(Broken::of(&field.name, "required_when"));
        }
        if is_given && holds(&field.forbidden_when) == Some(true) {
            broken.push(Broken::of(&field.name, "forbidden_when"));
        }
        if is_given && holds(&field.allowed_when) == Some(false) {
            broken.push(Broken::of(&field.name, "allowed_when"));
        }
    }

    /// Checks the conditions of the field's value, or of each item.
    fn check_choice(&self, place: usize, broken: &mut Vec<Broken>) {
        let field = &self.spec.fields[place];
        let value = if self.is_given(place) { self.value(place) } else { None };
        let items = match value {
            Some(Json::List(items)) => items.as_slice(),
            other => other.map_or(&[][..], std::slice::from_ref),
        };
        for item in items {
            let Some(choice) = field.values.iter().find(|choice| choice.value.is(item)) else { continue };
            let is_refused = choice.forbidden_when.as_ref().is_some_and(|it| self.one_holds(it))
                || choice.allowed_when.as_ref().is_some_and(|it| !self.one_holds(it));
            if is_refused {
                broken.push(Broken::of(&field.name, "value"));
            }
        }
    }
}
