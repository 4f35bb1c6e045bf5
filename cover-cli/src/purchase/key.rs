//! The key of a purchase: given, or made of the song and the request.

use std::fmt::Write;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::Song;
use crate::exit::Failure;
use crate::operation::Operation;

/// Number of hexadecimal digits in a key that was made.
const DIGITS: usize = 6;
/// Longest key that a ledger takes, in bytes.
const MAX_BYTES: usize = 255;
/// Longest name in a key that was made, in characters.
const MAX_NAME: usize = 60;

/// Returns a hash of what is bought: the operation, the song, the mode, and the fields that the user chose. Values that the spec
/// suggests may change with it, and are not part of it.
pub(super) fn digest(
    operation: &Operation,
    song: Option<&Song>,
    mode: Option<&str>,
    given: &Map<String, Value>,
) -> String {
    let api = operation.spec.api();
    let mut hash = Sha256::new();
    hash.update(operation.id());
    let left_out =
        [operation.upload_field().filter(|_| song.is_some()), api.callback.as_ref().map(|callback| &*callback.field)];
    for (name, value) in given.iter().filter(|(name, _)| !left_out.contains(&Some(name.as_str()))) {
        hash.update(format!("\n{}: {value}", Value::from(name.as_str())));
    }
    hash.update(format!("\n{}\n", mode.unwrap_or_default()));
    if let Some(song) = song {
        song.identify(&mut hash);
    }
    let digest: [u8; 32] = hash.finalize().into();
    digest.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a text never fails");
        text
    })
}

/// Checks a key that the user gives, before anything is uploaded.
pub(super) fn check(key: &str) -> Result<(), Failure> {
    let why = match key {
        "" => "it is empty".to_owned(),
        _ if key.len() > MAX_BYTES => format!("{} bytes, at most {MAX_BYTES}", key.len()),
        _ if key.chars().any(char::is_control) => "it has control characters".to_owned(),
        _ => return Ok(()),
    };
    Err(Failure::usage(format!("--key: {why}")))
}

/// Makes a key of a name and a digest: `song.mp3-5f21c9`.
pub(super) fn derived(name: &str, digest: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
    format!("{name}-{}", &digest[..DIGITS])
}

/// Returns the key of a take: `song`, `song-2`, `song-3`.
pub(super) fn of_take(key: &str, number: u32) -> String {
    if number == 1 { key.to_owned() } else { format!("{key}-{number}") }
}
