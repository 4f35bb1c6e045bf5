//! Reads a few values of a JSON body, and skips the rest without keeping it.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::{at, lenient};
use crate::rules::Str;
use crate::tables::JsonPath;

/// Returns the values at these paths, or `None` if the body is not a JSON object.
pub(super) fn pick(body: &[u8], paths: &[&JsonPath]) -> Option<Vec<Option<Value>>> {
    let mut found = vec![None; paths.len()];
    // An empty path leads to no value.
    let wanted = paths.iter().enumerate().map(|(index, path)| (index, &***path)).filter(|(_, path)| !path.is_empty());
    let wanted = wanted.collect();
    let text = lenient::json(body);
    let mut json = serde_json::Deserializer::from_str(&text);
    let is_object = Picked { wanted, found: &mut found }.deserialize(&mut json).ok()?;
    json.end().ok()?;
    is_object.then_some(found)
}

/// Returns the complete values at these paths of a JSON object that may be truncated.
pub(super) fn pick_beginning<const N: usize>(body: &[u8], paths: [&JsonPath; N]) -> [Option<Value>; N] {
    beginning(&lenient::json(body), paths)
}

/// Returns the digits of the number at a path, or the string there.
pub(super) fn pick_digits(body: &[u8], path: &JsonPath) -> Option<String> {
    let [found] = beginning(&lenient::digits(body), [path]);
    found?.as_str().map(str::to_owned)
}

/// Returns the complete values at any number of paths of a JSON object that may be truncated.
pub(super) fn pick_all(body: &[u8], paths: &[&JsonPath]) -> Vec<Option<Value>> {
    let mut found = vec![None; paths.len()];
    fill(&lenient::json(body), paths, &mut found);
    found
}

fn beginning<const N: usize>(text: &str, paths: [&JsonPath; N]) -> [Option<Value>; N] {
    let mut found = [const { None }; N];
    fill(text, &paths, &mut found);
    found
}

/// Sets the values that are found. If the text is not the beginning of an object, there are none.
fn fill(text: &str, paths: &[&JsonPath], found: &mut [Option<Value>]) {
    let wanted = paths.iter().enumerate().map(|(index, path)| (index, &***path)).collect();
    let mut json = serde_json::Deserializer::from_str(text);
    match (Picked { wanted, found: &mut *found }).deserialize(&mut json) {
        Ok(true) => {}
        Err(error) if error.is_eof() => {}
        _ => found.fill(None),
    }
}

/// The rest of each path within one value, and the index of the path.
type Wanted<'a> = Vec<(usize, &'a [Str])>;

/// Reads the values that are wanted within one value.
struct Picked<'a, 'f> {
    wanted: Wanted<'a>,
    found: &'f mut [Option<Value>],
}

impl<'j> DeserializeSeed<'j> for Picked<'_, '_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'j>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// Reads a key, and returns what is wanted within its value.
struct Beneath<'w, 'a>(&'w [(usize, &'a [Str])]);

impl<'j, 'a> DeserializeSeed<'j> for Beneath<'_, 'a> {
    type Value = Wanted<'a>;

    fn deserialize<D: Deserializer<'j>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'a> Visitor<'_> for Beneath<'_, 'a> {
    type Value = Wanted<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        let beneath = |(index, path): &(usize, &'a [Str])| {
            let (first, rest) = path.split_first()?;
            (*first == key).then_some((*index, rest))
        };
        Ok(self.0.iter().filter_map(beneath).collect())
    }
}

/// Returns whether the value is an object.
impl<'j> Visitor<'j> for Picked<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<bool, A::Error> {
        while let Some(wanted) = map.next_key_seed(Beneath(&self.wanted))? {
            if wanted.is_empty() {
                map.next_value::<IgnoredAny>()?;
            } else if wanted.iter().any(|(_, rest)| rest.is_empty()) {
                let value: Value = map.next_value()?;
                if let [(index, [])] = wanted[..] {
                    self.found[index] = Some(value);
                } else {
                    for (index, rest) in wanted {
                        self.found[index] = at(&value, rest).cloned();
                    }
                }
            } else {
                map.next_value_seed(Picked { wanted, found: &mut *self.found })?;
            }
        }
        Ok(true)
    }

    fn visit_seq<A: SeqAccess<'j>>(self, mut list: A) -> Result<bool, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(false)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn path(text: &str) -> JsonPath {
        text.split('.').map(|key| Str::Owned(key.to_owned())).collect()
    }

    #[test]
    fn values_are_found_only_at_the_ends_of_their_paths() {
        let (task, stage, code) = (path("data.task"), path("data.at.stage"), path("code"));
        let pick = |body: &str| pick(body.as_bytes(), &[&task, &stage, &code]);
        for (body, found) in [
            (
                r#"{"code":1,"data":{"task":"t","at":{"stage":"s","x":[1,{"stage":2}]}}}"#,
                [Some(json!("t")), Some(json!("s")), Some(json!(1))],
            ),
            (r#"{"data":null,"code":null}"#, [None, None, Some(Value::Null)]),
            (r#"{"data":[{"task":"t"}],"at":{"stage":"s"}}"#, [None, None, None]),
            (r#"{"data":"t","task":"u","stage":7}"#, [None, None, None]),
            (r#"{"data":{"task":1.5,"at":true}}"#, [Some(json!(1.5)), None, None]),
            (r#"{"data":{"t\u0061sk":"t"}}"#, [Some(json!("t")), None, None]),
            (r#"{"data":{"task":"a"},"data":{"task":"b"}}"#, [Some(json!("b")), None, None]),
        ] {
            assert_eq!(pick(body), Some(found.to_vec()), "{body}");
        }
        for body in
            ["", "{", "[]", "7", "\"t\"", "null", "{}x", r#"{"data":{"task":"t"}"#, r#"{"a":tru}"#, "-1", "1.5", "true"]
        {
            assert_eq!(pick(body), None, "{body}");
        }
    }

    #[test]
    fn a_path_may_be_the_beginning_of_another() {
        let (outer, inner) = (path("data"), path("data.task"));
        let found = pick(br#"{"data":{"task":"t"}}"#, &[&outer, &inner]);
        assert_eq!(found, Some(vec![Some(json!({ "task": "t" })), Some(json!("t"))]));
    }

    #[test]
    fn only_complete_values_of_a_truncated_body_are_found() {
        let (code, task) = (path("code"), path("data.task"));
        for (body, found) in [
            (r#"{"code":200,"data":{"task":"t","x":"#, [Some(json!(200)), Some(json!("t"))]),
            (r#"{"data":{"task":"t"},"code":200 "#, [Some(json!(200)), Some(json!("t"))]),
            (r#"{"data":{"task":"t"},"code":200"#, [None, Some(json!("t"))]),
            (r#"{"code":200,"data":{"task":"t"#, [Some(json!(200)), None]),
            (r#"{"code":200}"#, [Some(json!(200)), None]),
            (r#"{"code":200,"data":{"task":12"#, [Some(json!(200)), None]),
            (r#"{"code":200,"data":{"task":123456789012345678901234"#, [Some(json!(200)), None]),
            (
                r#"{"code":200,"data":{"x":NaN,"task":123456789012345678901234,"y":Na"#,
                [Some(json!(200)), Some(json!("123456789012345678901234"))],
            ),
            ("\u{feff}{\"code\":200", [None, None]),
            ("\u{feff}{\"code\":200,", [Some(json!(200)), None]),
            ("<html>{\"code\":200}", [None, None]),
            (r#"[{"code":200}]"#, [None, None]),
            (r#"{"code":200,x"#, [None, None]),
            ("", [None, None]),
        ] {
            assert_eq!(pick_beginning(body.as_bytes(), [&code, &task]), found, "{body}");
        }
        let cut = [&br#"{"code":200,"data":{"task":"t","x":""#[..], &[0xc3]].concat();
        assert_eq!(pick_beginning(&cut, [&code, &task]), [Some(json!(200)), Some(json!("t"))]);
    }
}
