//! Tables → model. Keys and types are checked here; whether the parts fit together is checked by `check`.

mod callback;
mod conditions;
mod relations;
mod request;
mod service;
mod task;

use std::cell::RefCell;

use crate::fault::Fault;
use crate::model::Spec;
use crate::source::{Document, Section, Span};

pub(crate) fn spec(document: &Document<'_>, base: Option<(&Document<'_>, Span)>, faults: &mut Vec<Fault>) -> Spec {
    let found = RefCell::new(std::mem::take(faults));
    let spec = root(&document.root(base, &found));
    *faults = found.into_inner();
    spec
}

/// Keys that are never taken from a base: they are about one request.
const OWN: &[&str] = &["base", "request", "modes", "fields", "classes", "groups", "totals", "differences", "submit"];

fn root(root: &Section<'_>) -> Spec {
    let own = root.own();
    let request = request::request(&own);
    let mut track = task::track(root);
    let mut callback = callback::callback(root);
    if root.has_base() {
        // The base may name fields of its own request, which this one does not have.
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
        rate_limit: service::rate_limit(root),
        credits: service::credits(root),
        request,
        track,
        callback,
    };
    root.knows(OWN);
    root.unknown_keys();
    spec
}
