//! Tables → model. Types and keys are settled here; whether the parts fit each other is for `check`.

mod request;
mod service;
mod task;

use std::cell::RefCell;

use crate::diagnostic::Fault;
use crate::model::Spec;
use crate::source::{Document, Section};

pub(crate) fn spec(document: &Document<'_>, faults: &mut Vec<Fault>) -> Spec {
    let found = RefCell::new(std::mem::take(faults));
    let spec = root(&document.root(&found));
    *faults = found.into_inner();
    spec
}

fn root(root: &Section<'_>) -> Spec {
    let spec = Spec {
        service: service::service(root),
        request: request::request(root),
        envelope: service::envelope(root),
        codes: service::codes(root),
        submit: task::submit(root),
        poll: task::poll(root),
        statuses: task::statuses(root),
        track: task::track(root),
        credits: service::credits(root),
        callback: service::callback(root),
    };
    root.unknown_keys();
    spec
}
