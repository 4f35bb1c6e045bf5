//! Tables → model. Types and keys are settled here; whether the parts fit each other is for `check`.

mod callback;
mod request;
mod service;
mod task;

use std::cell::RefCell;

use crate::diagnostic::Fault;
use crate::model::Spec;
use crate::source::{Document, Section, Span};

pub(crate) fn spec(document: &Document<'_>, base: Option<(&Document<'_>, Span)>, faults: &mut Vec<Fault>) -> Spec {
    let found = RefCell::new(std::mem::take(faults));
    let spec = root(&document.root(base, &found));
    *faults = found.into_inner();
    spec
}

/// What is about the request alone is never taken from a base.
const OWN: &[&str] = &["base", "request", "modes", "fields", "classes", "groups", "totals", "differences", "submit"];

fn root(root: &Section<'_>) -> Spec {
    let own = root.own();
    let request = request::request(&own);
    let mut track = task::track(root);
    let mut callback = callback::callback(root);
    if root.has_base() {
        // Another request of the service need not have the fields that these speak of.
        for field in &mut track.fields {
            field.echo = field.echo.take().filter(|echo| request.field(echo).is_some());
        }
        callback = callback.filter(|callback| request.field(&callback.field).is_some());
    }
    let spec = Spec {
        service: service::service(root),
        envelope: service::envelope(root),
        codes: service::codes(root),
        submit: task::submit(&own),
        poll: task::poll(root),
        statuses: task::statuses(root),
        pace: service::pace(root),
        credits: service::credits(root),
        request,
        track,
        callback,
    };
    root.knows(OWN);
    root.unknown_keys();
    spec
}
