//! Callbacks: a field has their address, their statuses exist, and signatures can be verified.

use crate::fault::Fault;
use crate::lower::{EXPIRES, parts};
use crate::model::{Callback, FieldKind, Poll, Signature, Spec};
use crate::suggest::suggestion;
use crate::tables::SignedPart;

use super::service::{given, header, json_path};
use super::{Incomplete, known, known_field};

pub(super) fn check(spec: &Spec, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    let Some(callback) = &spec.callback else { return };
    known_field(&spec.request, &callback.field, faults);
    if let Some(field) =
        spec.request.field(&callback.field).filter(|field| !matches!(*field.kind, FieldKind::Url) || field.is_list())
    {
        let message = format!("`{}` is not an address", *callback.field);
        faults.push(callback.field.fault(message, format!("`{}` must be a single `url`", *field.wire)));
    }
    let places = callback.stage.iter().map(|stage| ("stage", stage)).chain([("task", &callback.task)]);
    for (key, path) in places {
        json_path(key, path, faults);
    }
    stages(callback, spec, faults);
    if let Some(signature) = &callback.signature {
        self::signature(signature, incomplete, faults);
    }
}

fn stages(callback: &Callback, spec: &Spec, faults: &mut Vec<Fault>) {
    if let Some(stage) = callback.stages.first().filter(|_| callback.stage.is_none() && !callback.task.is_nowhere()) {
        let message = "callbacks have `stages`, but no place where the body has one";
        faults.push(stage.name.fault(message, "add `stage = \"…\"` to `[callback]`, or remove `stages`"));
    }
    // Without statuses there are no tasks, which is a fault of its own.
    let named = callback.stages.iter().filter_map(|stage| stage.status.as_ref());
    for status in named.filter(|_| !spec.statuses.is_empty()) {
        known("status", status, spec.statuses.iter().map(|status| status.name.as_str()), faults);
    }
    if callback.attempts.value == 0 {
        faults.push(callback.attempts.fault("`attempts` must not be 0", "use at least 1"));
    }
    expires(callback, spec, faults);
}

fn expires(callback: &Callback, spec: &Spec, faults: &mut Vec<Fault>) {
    let Some(Poll { timeout, .. }) = &spec.poll else { return };
    if callback.expires.as_deref().copied().unwrap_or(EXPIRES) >= timeout.value {
        return;
    }
    let message = "callbacks are refused before the wait for their task times out";
    faults.push(match &callback.expires {
        Some(expires) => expires.fault(message, format!("`poll.timeout` is {} s", timeout.as_secs())),
        None => timeout.fault(message, "give `expires` of `[callback]`, which is one day, a longer time"),
    });
}

fn signature(signature: &Signature, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    given("header", &signature.header, faults);
    header(&signature.header, faults);
    if let Some((name, tolerance)) = &signature.timestamp {
        given("header", name, faults);
        header(name, faults);
        if tolerance.value.is_zero() {
            faults.push(tolerance.fault("`tolerance` must not be zero", "use \"5 min\", for example"));
        }
    }
    let parts = match parts(&signature.signs) {
        Ok(parts) => parts,
        Err(name) => {
            let at = signature.signs.with(name.clone());
            let label = suggestion(&at, ["task", "timestamp", "body"]);
            faults.push(at.fault(format!("unknown part `{{{name}}}` of the signed text"), label));
            return;
        }
    };
    let has = |part: &SignedPart| parts.contains(part);
    match (&signature.timestamp, has(&SignedPart::Timestamp)) {
        (None, true) if !incomplete.has_named("signature") => {
            faults.push(signature.signs.fault("no header has the time of signing", "add `timestamp`"));
        }
        (Some((header, _)), false) => {
            faults.push(header.fault("the time is not signed", "add `{timestamp}` to `signs`, or remove this"));
        }
        _ => {}
    }
    if !has(&SignedPart::Task) && !has(&SignedPart::Body) {
        let message = "the signature covers neither the task nor the body";
        faults.push(signature.signs.fault(message, "add `{task}` or `{body}`"));
    }
}
