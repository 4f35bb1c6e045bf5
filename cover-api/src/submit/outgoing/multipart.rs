//! Writes a request as `multipart/form-data`, with a part for each value.

use bytes::Bytes;
use cover_spec::answers::Object;
use reqwest::header::HeaderValue;

use super::place::{text, values};

/// Returns the type of the body, which names the boundary, and the body.
pub(super) fn write(members: &Object) -> (HeaderValue, Bytes) {
    write_with(members, || format!("cover-{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..)))
}

/// Writes with the first boundary that no name and no value contains.
fn write_with(members: &Object, mut draw: impl FnMut() -> String) -> (HeaderValue, Bytes) {
    let parts: Vec<(String, String)> = members
        .iter()
        .flat_map(|(name, value)| {
            values(value.clone()).into_iter().map(|value| (escaped(name), text(&value).into_owned()))
        })
        .collect();
    let occurs = |boundary: &str| parts.iter().any(|(name, value)| name.contains(boundary) || value.contains(boundary));
    let mut boundary = draw();
    while occurs(&boundary) {
        boundary = draw();
    }
    let part = |(name, value): &(String, String)| {
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let end = format!("--{boundary}--\r\n");
    let body: String = parts.iter().map(part).chain([end]).collect();
    let content = HeaderValue::from_str(&format!("multipart/form-data; boundary={boundary}"));
    (content.expect("the boundary consists of letters, digits and -"), body.into())
}

/// Escapes the name of a part as browsers do.
fn escaped(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn members(value: &serde_json::Value) -> Object {
        value.as_object().expect("an object").clone()
    }

    #[test]
    fn each_value_is_a_part_and_a_list_repeats_its_part() {
        let members = members(&json!({ "a": "x\r\ny", "b": [1, 2.5], "c": true, "d": [], "e \"\r\n": "" }));
        let (content, body) = write_with(&members, || "b".repeat(3));
        assert_eq!(content, "multipart/form-data; boundary=bbb");
        let part = |name: &str, value: &str| {
            format!("--bbb\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let parts = [("a", "x\r\ny"), ("b", "1"), ("b", "2.5"), ("c", "true"), ("e %22%0D%0A", "")];
        let expected: String = parts.iter().map(|(name, value)| part(name, value)).collect();
        assert_eq!(body, expected + "--bbb--\r\n");
    }

    #[test]
    fn the_boundary_occurs_in_no_name_and_in_no_value() {
        let members = members(&json!({ "x0": "a --x1 b", "y": ["x2\r\n--x3--"] }));
        let mut number = 0..;
        let (content, body) = write_with(&members, || format!("x{}", number.next().expect("there are more")));
        assert_eq!(content, "multipart/form-data; boundary=x4");
        assert!(body.ends_with(b"\r\n--x4--\r\n"));
    }

    #[test]
    fn boundaries_differ() {
        assert_ne!(write(&Object::new()).0, write(&Object::new()).0);
    }
}
