//! Answers of the service that the shipped spec describes.

use serde_json::json;

use super::envelope::as_id;
use super::*;
use crate::Spec;
use crate::tables::Api;

fn api() -> Api {
    Spec::parse_shipped("upload_cover.toml").unwrap().api()
}

fn read(bytes: &str) -> Result<u32, Unreadable> {
    Envelope::read(&api(), 200, bytes.as_bytes()).map(|envelope| envelope.code)
}

#[test]
fn a_code_may_be_a_number_or_a_string() {
    assert_eq!(read(r#"{"code":200,"msg":"success","data":{}}"#), Ok(200));
    assert_eq!(read(r#"{"data":null,"code":"455"}"#), Ok(455));
    assert_eq!([read(r#"{"code":200.0}"#), read(r#"{"code":2e2}"#)], [Ok(200), Ok(200)]);
    for code in ["200.5", "-200.0", "1e10", "NaN"] {
        assert_eq!(read(&format!(r#"{{"code":{code}}}"#)), Err(Unreadable::NoCode), "{code}");
    }
}

#[test]
fn an_unreadable_envelope_has_a_reason() {
    for (bytes, why) in [
        ("", Unreadable::Empty),
        (" \r\n ", Unreadable::Empty),
        ("<html>502</html>", Unreadable::NotJson),
        ("[]", Unreadable::NotAnObject),
        ("null", Unreadable::NotAnObject),
        ("{}", Unreadable::NoCode),
        (r#"{"code":-1}"#, Unreadable::NoCode),
        (r#"{"code":2e99}"#, Unreadable::NoCode),
        (r#"{"code":200,"da"#, Unreadable::CutShort),
        (r#"{"code":200"#, Unreadable::CutShort),
        ("\u{feff}", Unreadable::Empty),
        (r#"{"code":NaN}"#, Unreadable::NoCode),
    ] {
        assert_eq!(read(bytes), Err(why), "{bytes}");
    }
}

#[test]
fn almost_valid_json_is_read() {
    let read = |bytes: &[u8]| Envelope::read(&api(), 200, bytes).map(|envelope| envelope.message);
    assert_eq!(read(b"\xef\xbb\xbf{\"code\":200}"), Ok(None));
    assert_eq!(read(b"{\"code\":200,\"msg\":\"sch\xf6n\"}"), Ok(Some("sch\u{fffd}n".to_owned())));
    assert_eq!(read(b"{\"code\":200,\"msg\":NaN,\"x\":1e999}"), Ok(None));
    assert!(read(b"{\"code\":200}\xff").is_err(), "outside of strings");
}

#[test]
fn an_id_is_a_string_or_the_digits_of_a_number() {
    let path = &api().submit.task;
    for (sent, id) in [
        (r#""5c79""#, Some("5c79")),
        ("17", Some("17")),
        ("-1", Some("-1")),
        ("18446744073709551615", Some("18446744073709551615")),
        ("123456789012345678901234567890", Some("123456789012345678901234567890")),
        ("1e3", Some("1e3")),
        ("1.0", Some("1.0")),
        ("1.50", Some("1.50")),
        ("0.10000000000000000000000001", Some("0.10000000000000000000000001")),
        ("\"   \"", None),
        (r#"" a""#, None),
        (r#""a\u0000b""#, None),
        ("\"a\u{fffd}\"", None),
        ("null", None),
        ("NaN", None),
        ("true", None),
        ("{}", None),
    ] {
        let body = format!(r#"{{"code":200,"data":{{"x":1.5,"taskId":{sent}}}}}"#);
        let envelope = Envelope::read(&api(), 200, body.as_bytes()).unwrap();
        let found = at(&envelope.body, path).and_then(|value| as_id(value, path, body.as_bytes()));
        assert_eq!(found.as_deref(), id, "{sent}");
    }
}

#[test]
fn any_value_at_a_path_is_read_as_text() {
    let body = json!({ "a": { "text": "t", "list": [1, ""] } });
    let envelope = Envelope { code: 200, message: None, task: None, body };
    assert_eq!(envelope.any_text(&["a", "text"]).as_deref(), Some("t"));
    assert_eq!(envelope.any_text(&["a", "list"]).as_deref(), Some(r#"[1,""]"#));
    assert_eq!(envelope.any_text(&["a", "other"]), None);
    assert_eq!(envelope.any_text(&[] as &[&str]), None, "the path is empty");
}

#[test]
fn a_member_that_nobody_reads_may_be_nested_deeply_or_have_half_a_character() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for odd in [deep, r#""\ud83d""#.to_owned()] {
        assert_eq!(read(&format!(r#"{{"x":{odd},"code":200}}"#)), Ok(200));
    }
    assert_eq!(read(&"[".repeat(1_000_000)), Err(Unreadable::CutShort));
}
