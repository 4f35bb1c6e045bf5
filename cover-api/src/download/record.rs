//! The record beside an incomplete file: which file the bytes belong to, and how many of them are on the disk.

use reqwest::header::{HeaderName, HeaderValue};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::head::{File, Validator};

/// Returns a hash of a link. The link itself may be secret.
pub(super) fn hash(link: &str) -> [u8; 32] {
    Sha256::digest(link).into()
}

/// Writes a record. Without a validator, nothing can be resumed by it.
pub(super) fn write(link: &[u8; 32], file: &File, written: u64) -> String {
    let validator = file.validator.as_ref();
    let validator = validator.and_then(|it| Some(json!([it.name.as_str(), it.value.to_str().ok()?])));
    json!({ "link": link, "written": written, "length": file.length, "validator": validator }).to_string()
}

/// Reads a record of this link. One of another link, or one that was not written completely, is nothing.
pub(super) fn read(text: &str, link: &[u8; 32]) -> Option<(File, u64)> {
    let record: Value = serde_json::from_str(text).ok()?;
    if record["link"] != json!(link) {
        return None;
    }
    let name = HeaderName::from_bytes(record["validator"][0].as_str()?.as_bytes()).ok()?;
    let value = HeaderValue::from_str(record["validator"][1].as_str()?).ok()?;
    let file = File { length: record["length"].as_u64(), validator: Some(Validator { name, value }) };
    Some((file, record["written"].as_u64()?))
}

#[cfg(test)]
mod tests {
    use reqwest::header::ETAG;

    use super::*;

    fn file(validator: Option<&'static str>) -> File {
        let validator = validator.map(|tag| Validator { name: ETAG, value: HeaderValue::from_static(tag) });
        File { length: Some(10), validator }
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let link = hash("https://a.example/x");
        let text = write(&link, &file(Some("\"a\"")), 4);
        assert_eq!(read(&text, &link), Some((file(Some("\"a\"")), 4)));
    }

    #[test]
    fn a_record_of_another_link_a_broken_one_and_one_without_a_validator_are_nothing() {
        let (link, other) = (hash("https://a.example/x"), hash("https://a.example/y"));
        let text = write(&link, &file(Some("\"a\"")), 4);
        assert_eq!(read(&text, &other), None);
        assert_eq!(read(&write(&link, &file(None), 4), &link), None);
        for end in 0..text.len() {
            assert_eq!(read(&text[..end], &link), None, "{end}");
        }
        for broken in [
            "{}",
            "[]",
            "null",
            "\0\0\0\0",
            &text.replace("\"etag\"", "\"e tag\""),
            &text.replace("\"written\":4", "\"written\":-4"),
        ] {
            assert_eq!(read(broken, &link), None, "{broken}");
        }
    }
}
