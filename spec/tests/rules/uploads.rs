//! Rules of `[upload]`.

use crate::helper::{faults, field, no_faults, service};

const URL: &str = "url = \"https://files.example.com/upload\"";

/// Returns the faults of a spec whose `[upload]` has these keys.
fn with(keys: &str) -> Vec<String> {
    let has = |key: &str| keys.contains(&format!("{key} = "));
    let others = [("url", URL), ("file", "file = \"file\""), ("link", "link = \"data.url\"")];
    let others = others.iter().filter(|(key, _)| !has(key)).map(|(_, text)| *text);
    let keys: Vec<&str> = others.chain([keys]).filter(|keys| !keys.is_empty()).collect();
    let upload = format!("upload = {{ {} }}", keys.join(", "));
    faults(&["without = [\"callback\", \"upload\"]", &upload, &field("song", "url", ""), &field("title", "string", "")])
}

#[test]
fn the_url_is_an_http_or_https_address_without_a_query_a_fragment_and_a_user() {
    assert_eq!(with("url = \"https://files.example.com/upload\""), [""; 0]);
    for url in ["ftp://files.example.com/upload", "/upload", ""] {
        let message = "`url` of `[upload]` is not an http or https address";
        assert_eq!(with(&format!("url = \"{url}\"")), [message], "{url}");
    }
    for url in ["https://a.example/up?a=1", "https://a.example/up#a", "https://me@a.example/up"] {
        let message = "`url` of `[upload]` has a query, a fragment or a user";
        assert_eq!(with(&format!("url = \"{url}\"")), [message], "{url}");
    }
}

#[test]
fn if_base_url_is_an_https_address_so_is_url() {
    let plain = "upload = { url = \"http://localhost/upload\", file = \"file\", link = \"url\" }";
    assert_eq!(
        faults(&["without = [\"callback\", \"upload\"]", plain]),
        ["`url` of `[upload]` is plain http, which would expose the API key"]
    );
    let local = "service = { name = \"Example\", id = \"a\", base_url = \"http://localhost\" }";
    let poll = "poll = { path = \"/poll\", query = \"id\" }";
    no_faults(&["without = [\"callback\", \"credits\", \"upload\"]", local, poll, plain]);
}

#[test]
fn the_path_of_url_begins_with_and_has_no_empty_part() {
    assert_eq!(with("url = \"https://files.example.com/a/b/\""), [""; 0]);
    let message = "a path must begin with / and consist of letters, digits and -_.~";
    assert_eq!(with("url = \"https://files.example.com\""), [message]);
    assert_eq!(with("url = \"https://files.example.com/a!b\""), [message]);
    assert_eq!(with("url = \"https://files.example.com/a//b\""), ["a path must not have an empty part"]);
}

#[test]
fn the_name_of_a_part_consists_of_letters_digits_and() {
    assert_eq!(with("file = \"files[]\", fields = { \"up-load_path.1~\" = \"a\" }"), [""; 0]);
    let message = "the name of a part must consist of letters, digits and -_.~[]";
    for keys in ["file = \"\"", "file = \"a\\\"b\"", "fields = { \"a b\" = \"\" }"] {
        assert_eq!(with(keys), [message], "{keys}");
    }
}

#[test]
fn the_part_with_the_file_has_a_name_of_its_own() {
    assert_eq!(with("file = \"file\", fields = { file = \"a\" }"), ["there are two parts `file`"]);
}

#[test]
fn the_content_of_a_part_has_no_placeholder_but_name() {
    assert_eq!(with("fields = { title = \"My {name}\", folder = \"{\" }"), [""; 0]);
    assert_eq!(
        with("fields = { title = \"{name} by {user}\" }"),
        ["unknown placeholder `{user}` in the content of a part"]
    );
}

#[test]
fn the_content_of_a_part_has_no_control_characters() {
    assert_eq!(with("fields = { title = \"Ünïted ☂\" }"), [""; 0]);
    assert_eq!(with("fields = { title = \"a\\nb\" }"), ["the content of a part must not have control characters"]);
}

#[test]
fn link_is_a_place_in_json() {
    for link in ["", "data.", "data..url"] {
        assert_eq!(with(&format!("link = \"{link}\"")), ["`link` must be the place of a value in JSON"], "{link}");
    }
}

#[test]
fn expires_and_max_bytes_must_not_be_zero() {
    assert_eq!(with("expires = \"1 ms\", max_bytes = 1"), [""; 0]);
    assert_eq!(with("expires = \"0 s\""), ["`expires` must not be zero"]);
    assert_eq!(with("max_bytes = 0"), ["`max_bytes` must not be 0"]);
}

#[test]
fn the_field_is_a_field_of_type_url() {
    assert_eq!(with("field = \"song\""), [""; 0]);
    assert_eq!(with("field = \"title\""), ["`title` is not an address"]);
    assert_eq!(with("field = \"sung\""), ["unknown field `sung`"]);
}

#[test]
fn an_extension_consists_of_lowercase_letters_and_digits() {
    assert_eq!(with("types = [\"mp3\", \"wav\"]"), [""; 0]);
    for extension in [".mp3", "MP3", "", "tar.gz"] {
        let message = format!("`{extension}` is not the extension of a file");
        assert_eq!(with(&format!("types = [\"{extension}\"]")), [message]);
    }
}

#[test]
fn an_extension_is_listed_once_and_types_is_not_empty() {
    assert_eq!(with("types = [\"mp3\", \"mp3\"]"), ["`mp3` is listed twice"]);
    assert_eq!(with("types = []"), ["`types` of `[upload]` is empty, so no file could be uploaded"]);
}

#[test]
fn a_field_of_the_base_s_upload_that_this_spec_does_not_have_is_dropped() {
    let field_of = |lines: &[&str]| service(lines).upload.expect("the base has uploads").field;
    assert_eq!(field_of(&[&field("about", "string", "")]), None);
    assert_eq!(field_of(&[&field("uploadUrl", "url", "")]).as_deref(), Some("uploadUrl"));
}

#[test]
fn a_spec_with_its_own_base_url_inherits_nothing_of_upload() {
    let service_of = |base: &str| format!("service = {{ name = \"Example\", id = \"a\"{base} }}");
    let poll = "poll = { path = \"/poll\", query = \"id\" }";
    let without = "without = [\"callback\", \"credits\"]";
    let of = |base: &str| service(&[without, &service_of(base), poll]).upload;
    assert!(of("").is_some());
    assert_eq!(of(", base_url = \"https://other.example.com\""), None);
}
