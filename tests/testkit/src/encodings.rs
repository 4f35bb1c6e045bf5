//! Encodings in which a service may repeat a secret.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};

/// Returns every byte as `%XX` with upper-case digits.
#[must_use]
pub fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat()
}

/// Returns every byte as `%xx` with lower-case digits.
#[must_use]
pub fn percent_lower(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect::<Vec<_>>().concat()
}

/// Returns every UTF-16 unit as a JSON escape.
#[must_use]
pub fn json_escapes(text: &str) -> String {
    text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>().concat()
}

/// Returns every character as a numeric HTML reference.
#[must_use]
pub fn html(text: &str) -> String {
    text.chars().map(|character| format!("&#{};", u32::from(character))).collect::<Vec<_>>().concat()
}

/// Returns the full-width forms of all ASCII characters that have one.
#[must_use]
pub fn full_width(text: &str) -> String {
    let wide = |character| char::from_u32(u32::from(character) + 0xfee0).filter(|_| ('!'..='~').contains(&character));
    text.chars().map(|character| wide(character).unwrap_or(character)).collect()
}

/// Returns standard Base64 without padding.
#[must_use]
pub fn base64_standard(text: &str) -> String {
    BASE64_STANDARD_NO_PAD.encode(text)
}

/// Returns URL-safe Base64 without padding.
#[must_use]
pub fn base64_url_safe(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(text)
}
