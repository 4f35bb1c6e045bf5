//! Rules of `[service]`.

use crate::helper::{faults, no_faults, service};

/// Returns a service with these keys.
fn keys(keys: &str) -> String {
    format!("service = {{ name = \"Example\", {keys} }}")
}

#[test]
fn the_id_the_names_of_the_header_and_of_both_environment_variables_must_not_be_empty() {
    let keys = |id: &str, header: &str, key: &str, url: &str| {
        keys(&format!(
            "id = \"{id}\", auth = {{ header = \"{header}\" }}, env = {{ key = \"{key}\", url = \"{url}\" }}"
        ))
    };
    no_faults(&[&keys("a", "b", "c", "d")]);
    assert_eq!(faults(&[&keys("", "b", "c", "d")]), ["`id` is empty"]);
    assert_eq!(faults(&[&keys("a", "", "c", "d")]), ["`header` is empty"]);
    assert_eq!(faults(&[&keys("a", "b", "", "d")]), ["`key` is empty"]);
    assert_eq!(faults(&[&keys("a", "b", "c", "")]), ["`url` is empty"]);
}

#[test]
fn specs_with_the_same_account_share_its_rate_limit_its_credits_and_its_purchases_in_a_ledger() {
    let account = |keys: &str| service(&[&self::keys(keys)]).account;
    assert_eq!(account("id = \"a\", account = \"music\""), account("id = \"b\", account = \"music\""));
    assert_eq!(account("id = \"a\", account = \"music\"").as_deref(), Some("music"));
    // The shipped spec names the account of its service.
    assert_eq!(account("id = \"a\"").as_deref(), Some("sunoapi.org"));
}

#[test]
fn the_account_has_1_to_255_bytes_and_no_control_characters() {
    let with = |account: &str| faults(&[&keys(&format!("id = \"a\", account = \"{account}\""))]);
    assert_eq!(with(&"a".repeat(255)), [""; 0]);
    assert_eq!(with(&"a".repeat(256)), ["`account` has 256 bytes"]);
    assert_eq!(with(""), ["`account` is empty"]);
    assert_eq!(with("a\\nb"), ["`account` has control characters"]);
}

#[test]
fn base_url_is_an_http_or_https_address_without_a_query_a_fragment_and_a_user() {
    let with = |url: &str| {
        let service = keys(&format!("id = \"a\", base_url = \"{url}\""));
        faults(&[&service, "poll = { path = \"/poll\", query = \"id\" }", "without = [\"callback\", \"credits\"]"])
    };
    for url in ["https://api.example.com", "http://localhost:8080/v1"] {
        assert_eq!(with(url), [""; 0], "{url}");
    }
    for url in ["ftp://example.com", "api.example.com", ""] {
        assert_eq!(with(url), ["`base_url` is not an http or https address"], "{url}");
    }
    for url in ["https://a.example/?a=1", "https://a.example/#a", "https://me@a.example/"] {
        assert_eq!(with(url), ["`base_url` has a query, a fragment or a user"], "{url}");
    }
}

#[test]
fn the_header_and_the_scheme_consist_of_characters_that_http_allows_in_the_name_of_a_header() {
    let with = |header: &str, scheme: &str| {
        faults(&[&keys(&format!("id = \"a\", auth = {{ header = \"{header}\", scheme = \"{scheme}\" }}"))])
    };
    assert_eq!(with("X-Api_Key", "Bearer"), [""; 0]);
    for (header, scheme) in [("X Key", "Bearer"), ("X-Key", "Token:")] {
        assert_eq!(with(header, scheme), ["not allowed in an HTTP header"]);
    }
}

#[test]
fn an_environment_variable_consists_of_letters_digits_and_and_does_not_begin_with_a_digit() {
    let with =
        |key: &str, url: &str| faults(&[&keys(&format!("id = \"a\", env = {{ key = \"{key}\", url = \"{url}\" }}"))]);
    assert_eq!(with("API_KEY2", "_url"), [""; 0]);
    assert_eq!(with("A=B", "URL"), ["`A=B` is not the name of an environment variable"]);
    assert_eq!(with("KEY", "2_URL"), ["`2_URL` is not the name of an environment variable"]);
}
