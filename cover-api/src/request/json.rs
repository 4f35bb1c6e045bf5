//! Requests written as JSON.

use std::borrow::Cow;
use std::fmt;

use cover_spec::rules::{Field, Items, Object, Placed, Presence, Rules, Value, Violations};
use cover_spec::tables::{Credits, CreditsSpec};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::is_address;
use super::unlisted::FromJson;
use super::value::FieldValue;

/// A request that keeps every rule: its mode, and its values in the order of the fields.
pub struct Checked<'r, 'j> {
    rules: &'r Rules,
    mode: usize,
    values: Vec<Option<Value<'j>>>,
}

/// Reads a request and checks it against every rule.
///
/// # Errors
///
/// All broken rules. A text that is not a JSON object breaks one.
pub fn check<'r, 'j>(rules: &'r Rules, bytes: &'j [u8]) -> Result<Checked<'r, 'j>, Violations> {
    check_with(rules, bytes, &FromJson::new())
}

/// Reads a request with options, and checks it against every rule.
///
/// # Errors
///
/// Those of [`check`].
pub fn check_with<'r, 'j>(
    rules: &'r Rules,
    bytes: &'j [u8],
    options: &FromJson,
) -> Result<Checked<'r, 'j>, Violations> {
    let mut placed = read(rules, bytes).ok_or_else(Violations::no_object)?;
    options.take_unlisted(&mut placed);
    let (mode, values) = placed.check(is_address)?;
    Ok(Checked { rules, mode, values })
}

fn read<'r, 'j>(rules: &'r Rules, bytes: &'j [u8]) -> Option<Placed<'r, 'j>> {
    // The whole input is checked for UTF-8 once, instead of each text.
    let text = std::str::from_utf8(bytes).ok()?;
    let mut json = serde_json::Deserializer::from_str(text);
    let placed = json.deserialize_map(Members(rules)).ok()?;
    json.end().ok()?;
    Some(placed)
}

impl Checked<'_, '_> {
    /// Returns the index of the mode.
    #[must_use]
    pub fn mode(&self) -> usize {
        self.mode
    }

    /// Returns the price of the request.
    #[must_use]
    pub fn price(&self, credits: &CreditsSpec) -> Credits {
        credits.price(self.rules, self.mode, &self.values)
    }

    /// Returns the mode and the values. Those that the mode sets are left out.
    #[cfg(feature = "dynamic")]
    pub(crate) fn into_values(self) -> (usize, Vec<Option<Value<'static>>>) {
        let is_fixed = |field: &Field| field.presence.get(self.mode) == Some(&Presence::Fixed);
        let fields = self.rules.fields.iter().zip(self.values);
        let values = fields.map(|(field, value)| value.filter(|_| !is_fixed(field)).and_then(to_owned));
        (self.mode, values.collect())
    }

    /// Takes the value of the field with this index. `None` if the mode sets it.
    pub fn take<T: FieldValue>(&mut self, field: usize) -> Option<T> {
        let fixed = self.rules.fields.get(field)?.presence.get(self.mode) == Some(&Presence::Fixed);
        let value = self.values.get_mut(field)?.take().filter(|_| !fixed)?;
        T::from_value(value)
    }
}

/// Returns a copy of a value that keeps every rule.
#[cfg(feature = "dynamic")]
fn to_owned(value: Value<'_>) -> Option<Value<'static>> {
    match value {
        Value::Text(text) => Some(Value::Text(Cow::Owned(text.into_owned()))),
        Value::Unlisted { text, like } => {
            Some(Value::Unlisted { text: text.into_owned().into(), like: like.into_owned().into() })
        }
        Value::Number(number) => Some(Value::Number(number)),
        Value::Truth(truth) => Some(Value::Truth(truth)),
        Value::List(items) => Some(Value::List(items.into_iter().map(to_owned).collect::<Option<_>>()?)),
        Value::Null => Some(Value::Null),
        Value::Object(object) => Some(Value::Object(object.map(to_owned)?)),
        Value::Cut { .. } | Value::TooMany | Value::Other | Value::Later => None,
    }
}

/// Reads an object, and puts each member in the place of its field.
struct Members<'r>(&'r Rules);

impl<'r, 'j> Visitor<'j> for Members<'r> {
    type Value = Placed<'r, 'j>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut placed = Placed::none(self.0);
        while let Some(name) = map.next_key_seed(Text)? {
            match placed.place(&name) {
                Some((field, place)) => *place = Some(map.next_value_seed(Any { field, is_item: false })?),
                None => map.next_value::<IgnoredAny>().map(|_| ())?,
            }
        }
        Ok(placed)
    }
}

/// Reads a text. It borrows from the input unless the text has escapes.
struct Text;

impl<'j> DeserializeSeed<'j> for Text {
    type Value = Cow<'j, str>;

    fn deserialize<D: Deserializer<'j>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'j> Visitor<'j> for Text {
    type Value = Cow<'j, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'j str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// The key of the object that `serde_json` passes for a number if any crate of the program enables `arbitrary_precision`.
const NUMBER: &str = "$serde_json::private::Number";

/// Reads a value of a field, or an item of its list. Lists within lists, and objects in a field of another type, become
/// `Value::Other`: no field takes them, and their content is dropped.
#[derive(Clone, Copy)]
struct Any<'r> {
    field: &'r Field,
    is_item: bool,
}

impl<'j> DeserializeSeed<'j> for Any<'_> {
    type Value = Value<'j>;

    fn deserialize<D: Deserializer<'j>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

#[expect(clippy::cast_precision_loss, reason = "what is not exact is beyond every limit that a spec can state")]
impl<'j> Visitor<'j> for Any<'_> {
    type Value = Value<'j>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'j str) -> Result<Self::Value, E> {
        Ok(Value::text(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(Value::Truth(truth))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'j>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        if self.is_item || !self.field.list {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(Value::Other);
        }
        let mut items = Items::of(self.field);
        while let Some(item) = list.next_element_seed(Any { is_item: true, ..self })? {
            items.push(item);
        }
        Ok(items.value())
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        if let Some(members) = self.field.kind.members().filter(|_| self.is_item || !self.field.list) {
            return object(members, map);
        }
        let mut value = Value::Other;
        while let Some(name) = map.next_key_seed(Text)? {
            if name != NUMBER {
                map.next_value::<IgnoredAny>()?;
            } else if let Value::Text(digits) = map.next_value_seed(Any { is_item: true, ..self })? {
                value = digits.parse().map_or(Value::Other, Value::Number);
            }
        }
        Ok(value)
    }
}

/// Reads an object, and puts each member in the place of its field.
fn object<'j, A: MapAccess<'j>>(members: &[Field], mut map: A) -> Result<Value<'j>, A::Error> {
    let mut object = Object::default();
    let mut is_number = false;
    while let Some(name) = map.next_key_seed(Text)? {
        if let Some((index, field)) = object.place(members, &name) {
            object.put(index, map.next_value_seed(Any { field, is_item: false })?);
        } else {
            is_number |= name == NUMBER;
            map.next_value::<IgnoredAny>()?;
        }
    }
    Ok(if is_number { Value::Other } else { Value::Object(object) })
}

#[cfg(test)]
mod tests {
    use cover_spec::rules::{Bound, Decimal, Kind, Limit, Unit};

    use super::*;

    fn field(wire: &'static str, kind: Kind, presence: Presence) -> Field {
        Field {
            wire: wire.into(),
            rust: wire.into(),
            kind,
            list: false,
            nullable: false,
            open: false,
            constant: None,
            presence: vec![presence].into(),
            default: None,
            pattern: None,
            limits: Vec::new().into(),
            conditions: Vec::new().into(),
        }
    }

    fn rules() -> Rules {
        let least = Bound::Min(Decimal { digits: 0, scale: 0 });
        let limit = Limit { modes: u64::MAX, models: u64::MAX, when: Vec::new().into(), bound: least, dispute: None };
        let start = Field { limits: vec![limit].into(), ..field("start", Kind::Integer, Presence::Required) };
        let link = field("link", Kind::Url, Presence::Optional);
        let words = Field { list: true, ..field("words", Kind::Text(Unit::Chars), Presence::Optional) };
        let members = vec![start, link, words];
        let segments = Field { list: true, ..field("segments", Kind::Object(members.into()), Presence::Optional) };
        Rules { modes: Vec::new().into(), fields: vec![segments].into(), model: None, relations: Vec::new().into() }
    }

    fn said(body: &str) -> String {
        check(&rules(), body.as_bytes()).err().map(|violations| violations.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_list_of_objects_is_read() {
        assert_eq!(said(r#"{"segments":[{"start":1},{"words":["a","b"],"start":0}]}"#), "");
        assert_eq!(said(r#"{"segments":[]}"#), "");
    }

    #[test]
    fn every_wrong_shape_of_an_object_is_a_violation_with_its_place() {
        for (segments, expected) in [
            (r#"{"start":1}"#, "segments: must be a list, and each item an object"),
            (r#"[[{"start":1}]]"#, "segments[0]: must be an object"),
            (r#"[{"start":1},5]"#, "segments[1]: must be an object"),
            ("[null]", "segments[0]: must be an object"),
            ("[{}]", "segments[0].start: missing, required"),
            (r#"[{"start":-1}]"#, "segments[0].start: -1, at least 0"),
            (r#"[{"start":{}}]"#, "segments[0].start: must be a whole number"),
            (r#"[{"start":1,"start":2}]"#, "segments[0].start: given twice"),
            (r#"[{"start":1,"pace":{"a":[1]}}]"#, "segments[0].pace: no such field"),
            (r#"[{"start":1,"words":[["a"]]}]"#, "segments[0].words[0]: must be a text"),
            (r#"[{"start":1,"link":"ftp://a"}]"#, "segments[0].link: not an http or https address"),
        ] {
            assert_eq!(said(&format!(r#"{{"segments":{segments}}}"#)), expected);
        }
    }

    struct Shown<'a>(&'a Rules, &'a [Option<Value<'a>>]);
    impl fmt::Debug for Shown<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            crate::request::debug("Request", self.0, 0, self.1, f)
        }
    }

    #[test]
    fn an_object_is_written_as_it_was_read_and_its_fingerprint_has_sorted_names_and_no_query() {
        let rules = rules();
        let body = r#"{"segments":[{"start":1,"link":"https://a.example/b?key=secret"}]}"#;
        let Ok(Checked { values, .. }) = check(&rules, body.as_bytes()) else { panic!("the body keeps the rules") };
        let mut written = Vec::new();
        crate::request::serialize(&rules, 0, &values, &mut serde_json::Serializer::new(&mut written)).expect("written");
        assert_eq!(String::from_utf8_lossy(&written), body);
        let canonical = crate::request::canonical(&rules, 0, &values, None);
        assert_eq!(String::from_utf8_lossy(&canonical), r#"{"segments":[{"link":"https://a.example/b","start":1}]}"#);
        assert!(!format!("{:?}", Shown(&rules, &values)).contains("secret"));
    }
}
