//! Tables → model. Keys and types are checked here; whether the parts fit together is checked by `check`.

mod callback;
mod classes;
mod conditions;
mod disputed;
mod pattern;
mod reference;
mod relations;
mod request;
mod results;
mod service;
mod task;
mod upload;

#[cfg(feature = "export")]
pub(crate) use {
    request::PLACES,
    service::{CODE_MEANINGS, CREATED},
    task::{BODIES, READY, REFUNDED, STATUS_MEANINGS},
};

use toml::de::DeTable;

use crate::bases::ABOUT_BASES;
use crate::model::{Sources, Spec};
use crate::source::{Report, Section};

/// Returns the word of a spec for a meaning.
#[cfg(feature = "export")]
pub(crate) fn word<T: PartialEq>(words: &[(&'static str, T)], meaning: &T) -> &'static str {
    words.iter().find(|(_, known)| known == meaning).map_or("", |(word, _)| word)
}

/// Reads a spec, in which every key of a base already has its place. Its sources are added later.
pub(crate) fn spec(table: &DeTable<'_>, report: &Report) -> Spec {
    let root = &Section::root(table, report);
    let mut spec = Spec {
        service: service::service(root),
        request: request::request(root),
        envelope: service::envelope(root),
        codes: service::codes(root),
        submit: task::submit(root),
        poll: task::poll(root),
        cancel: task::cancel(root),
        statuses: task::statuses(root),
        failures: task::failures(root),
        results: results::results(root),
        rate_limit: service::rate_limit(root),
        credits: service::credits(root),
        callback: callback::callback(root),
        upload: upload::upload(root),
        disputed: disputed::disputed(root, table),
        sources: Sources::default(),
    };
    classes::replace_by_models(&mut spec);
    root.knows(ABOUT_BASES);
    root.unknown_keys();
    spec
}
