//! Paths into JSON values, as specs write them.

use serde_json::Value;

/// Returns the value at the end of a path of keys.
#[must_use]
pub fn at<'a, K: AsRef<str>>(value: &'a Value, path: &[K]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, key| value.get(key.as_ref()))
}

/// Sets the value at the end of a path of keys, and makes the objects on the way. With an empty path, the members of an object are
/// added to those of `body`.
pub fn put(body: &mut Value, path: &[impl AsRef<str>], value: Value) {
    if path.is_empty() {
        if let (Value::Object(body), Value::Object(members)) = (body, value) {
            body.extend(members);
        }
        return;
    }
    let mut place = body;
    for key in path {
        if !place.is_object() {
            *place = Value::Object(serde_json::Map::new());
        }
        place = &mut place[key.as_ref()];
    }
    *place = value;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_set_at_the_end_of_its_path() {
        let mut body = json!({ "data": null });
        put(&mut body, &["data", "response", "list"], json!([1]));
        put(&mut body, &["data", "status"], json!("DONE"));
        assert_eq!(body, json!({ "data": { "response": { "list": [1] }, "status": "DONE" } }));
    }
}
