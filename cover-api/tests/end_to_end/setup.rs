//! Invalid settings of a client are reported by `build`, without secrets.

use std::time::Duration;

use cover_api::{Client, Error};

fn fault(result: Result<Client, Error>) -> String {
    let error = result.expect_err("must be refused");
    assert!(error.is_setup() && !error.may_have_been_charged(), "{error:?}");
    assert!(!format!("{error:?} {error}").contains("s3cret"), "{error:?}");
    error.to_string()
}

#[test]
fn keys_must_fit_a_header() {
    assert_eq!(fault(Client::new("")), "the API key is empty");
    for key in ["s3cret\n", "s3cret\0", "s3cret\r\nx: y"] {
        assert_eq!(
            fault(Client::new(key)),
            "the API key contains characters that an HTTP header cannot hold",
            "{key:?}"
        );
    }
}

#[test]
fn a_base_address_is_http_or_https_with_host_and_path_only() {
    let build = |url: &str| Client::builder("key").base_url(url).build();
    for (url, shown, why) in [
        ("", "", "it is not an address"),
        ("api.example.com", "api.example.com", "it is not an address"),
        ("ftp://api.example.com", "ftp://api.example.com", "it is neither http nor https"),
        ("https://me:s3cret@api.example.com", "https://…@api.example.com", "it has a user or a password"),
        ("https://api.example.com?key=s3cret", "https://api.example.com?…", "it has a query or a fragment"),
    ] {
        assert_eq!(fault(build(url)), format!("the base address `{shown}` cannot be used: {why}"), "{url}");
    }
    for url in ["https://api.example.com", "http://[::1]:8080/proxy/"] {
        assert!(build(url).is_ok(), "{url}");
    }
}

#[test]
fn plain_http_is_for_this_machine_unless_it_is_allowed() {
    for (url, host) in [
        ("http://api.example.com", "api.example.com"),
        ("http://10.0.0.1:8080/proxy", "10.0.0.1"),
        ("http://192.168.1.1", "192.168.1.1"),
        ("http://[fd00::1]", "[fd00::1]"),
        ("http://0.0.0.0:8080", "0.0.0.0"),
        ("http://localhost.example.com", "localhost.example.com"),
    ] {
        let build = || Client::builder("key").base_url(url);
        let why = "is plain http, which would expose the API key: use https, or allow it with \
                   `ClientBuilder::allow_plain_http`";
        assert_eq!(fault(build().build()), format!("the base address of `{host}` {why}"));
        assert!(build().allow_plain_http().build().is_ok(), "{url}");
    }
    for url in ["http://localhost:8080", "http://127.0.0.1", "http://127.9.9.9:1", "http://[::1]:8080"] {
        assert!(Client::builder("key").base_url(url).build().is_ok(), "{url}");
    }
}

#[test]
fn callbacks_need_an_address_and_a_secret_that_cannot_be_guessed() {
    let build = |address: &str, secret: &str| Client::builder("key").callbacks(address, secret).build();
    for (address, secret, why) in [
        ("https://api.example.com/covers", "s3cret too short", None),
        ("https://api.example.com/covers", "s3cret too shor", Some("the secret has fewer than 16 bytes")),
        ("api.example.com/covers", "s3cret long enough", Some("it is not an address")),
        ("https://api.example.com/covers?s3cret", "s3cret long enough", Some("it has a query or a fragment")),
    ] {
        match why {
            Some(why) => assert_eq!(fault(build(address, secret)), format!("callbacks cannot be received: {why}")),
            None => assert!(build(address, secret).is_ok()),
        }
    }
    let keyed =
        Client::builder("key").callbacks("https://a.example", "s3cret long enough").callback_signing_key("s3cret");
    let why = "the service does not sign them, and a signing key was given";
    assert_eq!(fault(keyed.build()), format!("callbacks cannot be received: {why}"));
    let error = Client::new("key").and_then(|client| client.callbacks()).expect_err("no address");
    assert_eq!(error.to_string(), "callbacks cannot be received: the client was built without an address for them");
}

#[test]
fn the_bounds_of_the_time_between_polls_are_checked() {
    let build = |least, most| Client::builder("key").poll_every(least, most).build();
    let [one, two] = [1, 2].map(Duration::from_secs);
    assert!(fault(build(Duration::ZERO, one)).contains("time between polls"));
    assert!(fault(build(two, one)).contains("time between polls"));
    assert!(build(one, one).is_ok());
    assert!(build(one, Duration::MAX).is_ok());
}

#[test]
fn the_rate_limit_and_the_attempts_are_at_least_one() {
    let none = Duration::ZERO;
    for builder in
        [Client::builder("key").rate_limit(0, none), Client::builder("key").max_attempts(0).retry_window(none)]
    {
        assert_eq!(
            fault(builder.build()),
            "the rate limit must allow at least one request, and a send at least one attempt"
        );
    }
    assert!(
        Client::builder("key")
            .rate_limit(u32::MAX, Duration::MAX)
            .max_attempts(u32::MAX)
            .retry_window(Duration::MAX)
            .build()
            .is_ok()
    );
}

#[test]
fn the_debug_form_of_a_client_does_not_show_its_key() {
    let client = Client::new("s3cret-key").expect("valid");
    assert!(!format!("{client:?}").contains("s3cret"));
}
