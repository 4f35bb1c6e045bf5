//! Callbacks: the request has an address for them, their stages are known, and signatures can be verified.

use crate::diagnostic::Fault;
use crate::lower::parts;
use crate::model::{Callback, FieldKind, Signature, Spec};
use crate::suggest;
use crate::wire::Signed;

use super::service::{given, header, json_path};
use super::{known, known_field};

pub(super) fn check(spec: &Spec, faults: &mut Vec<Fault>) {
    let Some(callback) = &spec.callback else { return };
    known_field(&spec.request, &callback.field, faults);
    if let Some(field) =
        spec.request.field(&callback.field).filter(|field| !matches!(*field.kind, FieldKind::Url) || field.is_list())
    {
        let message = format!("`{}` holds no address", *callback.field);
        faults.push(callback.field.fault(message, format!("`{}` must be one `url`", *field.wire)));
    }
    for (key, path) in [("stage", &callback.stage), ("task", &callback.task), ("tracks", &callback.tracks)] {
        json_path(key, path, faults);
    }
    stages(callback, spec, faults);
    if let Some(signature) = &callback.signature {
        self::signature(signature, faults);
    }
}

fn stages(callback: &Callback, spec: &Spec, faults: &mut Vec<Fault>) {
    for status in callback.stages.iter().filter_map(|stage| stage.status.as_ref()) {
        known("status", status, spec.statuses.iter().map(|status| status.name.as_str()), faults);
    }
    if callback.tries.value == 0 {
        faults.push(callback.tries.fault("`tries` is none at all", "at least 1"));
    }
    if let Some(expires) = callback.expires.as_ref().filter(|expires| expires.value < spec.poll.deadline.value) {
        let message = "callbacks are refused while their task is still waited for";
        faults.push(expires.fault(message, format!("`poll.deadline` is {} s", spec.poll.deadline.as_secs())));
    }
}

fn signature(signature: &Signature, faults: &mut Vec<Fault>) {
    given("header", &signature.header, faults);
    header(&signature.header, faults);
    if let Some((name, tolerance)) = &signature.timestamp {
        given("header", name, faults);
        header(name, faults);
        if tolerance.value.is_zero() {
            faults.push(tolerance.fault("`tolerance` is no time at all", "such as \"5 min\""));
        }
    }
    let parts = match parts(&signature.signs) {
        Ok(parts) => parts,
        Err(name) => {
            let at = signature.signs.with(name.clone());
            let label = suggest::label(&at, ["task", "timestamp", "body"]);
            faults.push(at.fault(format!("unknown part `{{{name}}}` of what is signed"), label));
            return;
        }
    };
    let has = |part: &Signed| parts.contains(part);
    match (&signature.timestamp, has(&Signed::Timestamp)) {
        (None, true) => {
            faults.push(signature.signs.fault("no header says when it was signed", "add `timestamp`"));
        }
        (Some((header, _)), false) => {
            faults.push(header.fault("the time is not signed", "add `{timestamp}` to `signs`, or take this out"));
        }
        _ => {}
    }
    if !has(&Signed::Task) && !has(&Signed::Body) {
        let message = "a signature that covers neither the task nor the body fits every callback";
        faults.push(signature.signs.fault(message, "add `{task}` or `{body}`"));
    }
}
