//! How the request is sent: its method, the format of its body, the places of its fields, and whether it creates a task.

use fastrand::Rng;

use super::{Draft, Field, Kind, Presence, one, percent};

/// Draws `[submit]`.
pub fn draw(draft: &mut Draft, rng: &mut Rng) {
    draft.is_direct = percent(rng, 30);
    let mut path = "/works".to_owned();
    let mut keys = String::new();
    if percent(rng, 60) {
        let method = method(draft, rng);
        keys.extend([format!("method = \"{method}\"\n")]);
        let has_body = !["GET", "DELETE"].contains(&method);
        for field in &mut draft.fields {
            place(field, has_body, &mut path, rng);
        }
        if has_body && draft.fields.iter().all(may_be_text) && percent(rng, 60) {
            keys.push_str("body = \"multipart\"\n");
        }
    }
    draft.submit = format!("path = \"{path}\"\n{keys}");
}

/// Whether the field may be outside of a JSON body.
fn may_be_text(field: &Field) -> bool {
    !field.is_nullable && field.kind != Kind::Object
}

/// A request without a body has neither nulls nor objects, and one that creates a task is no GET.
fn method(draft: &Draft, rng: &mut Rng) -> &'static str {
    let mut methods = vec!["POST", "PUT", "PATCH"];
    if draft.fields.iter().all(may_be_text) {
        methods.extend(if draft.is_direct { ["GET", "DELETE"] } else { ["DELETE", "DELETE"] });
    }
    methods[rng.usize(..methods.len())]
}

/// Draws the place of a field. A null and an object can be only in a JSON body.
fn place(field: &mut Field, has_body: bool, path: &mut String, rng: &mut Rng) {
    if !may_be_text(field) {
        return;
    }
    let is_sent = |presence: &Presence| matches!(presence, Presence::Required | Presence::Set);
    if !field.is_list && field.presence.iter().all(is_sent) && percent(rng, 40) {
        field.key("in", "\"path\"");
        path.extend([format!("/{}{{{}}}", one(rng, &["", "v-"]), field.name)]);
    } else if !has_body || percent(rng, 40) {
        field.key("in", "\"query\"");
    }
}
