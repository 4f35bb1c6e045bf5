//! Files that the service stores.

use serde_json::json;

use crate::helper::{SONG, and, operation};

#[test]
fn a_file_needs_its_content_or_address_and_a_folder() {
    for (name, field, value) in [("file_base64", "base64Data", "SGVsbG8="), ("file_url", "fileUrl", SONG)] {
        let file = operation(name);
        let body = json!({ field: value, "uploadPath": "songs" });
        file.needs(&body, &[field, "uploadPath"]);
        file.may_have(&body, &json!({ "fileName": "song.mp3" }));
        for folder in ["songs/demo", "a", "a/b/c", "my songs"] {
            file.takes(&and(&body, &json!({ "uploadPath": folder })));
        }
        for folder in ["/songs", "songs/", "/", "/songs/"] {
            file.refuses(&and(&body, &json!({ "uploadPath": folder })), &["uploadPath pattern"]);
        }
    }
}

#[test]
fn an_address_is_an_address_and_base64_may_be_a_data_url() {
    operation("file_url").refuses(&json!({ "fileUrl": "song.mp3", "uploadPath": "songs" }), &["fileUrl url"]);
    operation("file_base64").takes(&json!({ "base64Data": "data:audio/mpeg;base64,SGVsbG8=", "uploadPath": "songs" }));
}

#[test]
fn a_file_in_base64_has_at_most_ten_megabytes() {
    let file = operation("file_base64");
    let of = |bytes: usize| json!({ "base64Data": "A".repeat(bytes.div_ceil(3) * 4), "uploadPath": "songs" });
    file.takes(&of(10_000_000));
    file.refuses(&of(10_000_003), &["base64Data max_length"]);
}
