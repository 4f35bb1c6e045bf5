//! The body of a callback at a valid address: no panic, and the answer is one of the documented statuses.

#![no_main]

use std::sync::LazyLock;

use axum::http::HeaderMap;
use axum::http::HeaderValue;
use cover_api::UploadCover;
use cover_api::callback::{CallbackOutcome, Callbacks};
use libfuzzer_sys::fuzz_target;

static CALLBACKS: LazyLock<(Callbacks<UploadCover>, String)> = LazyLock::new(|| {
    let client = cover_api::Client::builder("key").callbacks("https://api.example.com/covers", "0123456789abcdef");
    let callbacks = client.build().and_then(|client| client.callbacks()).expect("a client");
    let path = callbacks.test_factory().valid("task-1", "complete").path;
    (callbacks, path)
});

fuzz_target!(|bytes: &[u8]| {
    let (callbacks, path) = &*CALLBACKS;
    let json = HeaderValue::from_static("application/json");
    let received = callbacks.receive(path, &HeaderMap::from_iter([(axum::http::header::CONTENT_TYPE, json)]), bytes);
    match received.outcome() {
        // No task has a wait here.
        CallbackOutcome::Unawaited(callback) => assert!(!callback.task.id().is_empty() && !format!("{callback:?}").is_empty()),
        CallbackOutcome::Refused(refusal) => assert!([200, 400, 413].contains(&refusal.status()), "{refusal}"),
        other => panic!("{other:?}"),
    }
});
