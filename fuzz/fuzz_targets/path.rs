//! The path of a callback: no panic, and only the address that was made is accepted.

#![no_main]

use std::sync::LazyLock;

use cover_api::UploadCover;
use cover_api::callback::{CallbackOutcome, Callbacks, Refusal, TestCallback};
use libfuzzer_sys::fuzz_target;

static CALLBACKS: LazyLock<(Callbacks<UploadCover>, TestCallback)> = LazyLock::new(|| {
    let client = cover_api::Client::builder("key").callbacks("https://api.example.com/covers", "0123456789abcdef");
    let callbacks = client.build().and_then(|client| client.callbacks()).expect("a client");
    let valid = callbacks.test_factory().valid("task-1", "complete");
    (callbacks, valid)
});

fuzz_target!(|input: (&str, u8, u8)| {
    let (callbacks, valid) = &*CALLBACKS;
    let (text, place, kind) = input;
    // Any text, or the right address with a text before it, behind it, or within it.
    let (first, second) = valid.path.split_at(usize::from(place) % valid.path.len());
    let path = match kind % 4 {
        0 => text.to_owned(),
        1 => format!("{text}{}", valid.path),
        2 => format!("{}{text}", valid.path),
        _ => format!("{first}{text}{second}"),
    };
    let received = callbacks.receive(&path, &valid.headers, &valid.body);
    match received.outcome() {
        CallbackOutcome::Unawaited(_) => assert!(path.contains(&valid.path), "{path}"),
        CallbackOutcome::Refused(Refusal::NotAnAddress | Refusal::ForgedAddress | Refusal::ExpiredAddress) => assert_eq!(received.status(), 404),
        other => panic!("{other:?}"),
    }
});
