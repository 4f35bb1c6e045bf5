//! Requests that come as JSON.

use std::borrow::Cow;
use std::fmt;

use cover_spec::rules::{Field, Items, Placed, Presence, Rules, Value, Violations};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::request::is_address;
use crate::value::FieldValue;

/// A request that keeps every rule: its mode, and its values in the order of the table.
pub struct Checked<'r, 'j> {
    rules: &'r Rules,
    mode: usize,
    values: Vec<Option<Value<'j>>>,
}

/// Reads a request and checks it against every rule.
///
/// # Errors
///
/// Every broken rule; what is no JSON object breaks one.
pub fn check<'r, 'j>(rules: &'r Rules, bytes: &'j [u8]) -> Result<Checked<'r, 'j>, Violations> {
    let placed = read(rules, bytes).ok_or_else(Violations::no_object)?;
    let (mode, values) = placed.check(is_address)?;
    Ok(Checked { rules, mode, values })
}

fn read<'r, 'j>(rules: &'r Rules, bytes: &'j [u8]) -> Option<Placed<'r, 'j>> {
    // Looked through once, and not once for each text.
    let text = std::str::from_utf8(bytes).ok()?;
    let mut json = serde_json::Deserializer::from_str(text);
    let placed = json.deserialize_map(Members(rules)).ok()?;
    json.end().ok()?;
    Some(placed)
}

impl Checked<'_, '_> {
    /// The index of its mode.
    #[must_use]
    pub fn mode(&self) -> usize {
        self.mode
    }

    /// Takes the value of a field, by its index; `None` for one that the mode sets by itself.
    pub fn take<T: FieldValue>(&mut self, field: usize) -> Option<T> {
        let fixed = self.rules.fields.get(field)?.presence.get(self.mode) == Some(&Presence::Fixed);
        let value = self.values.get_mut(field)?.take().filter(|_| !fixed)?;
        T::from_value(value)
    }
}

/// Reads an object, each member to its place.
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
                Some((field, place)) => *place = Some(map.next_value_seed(Any(Some(field)))?),
                None => map.next_value::<IgnoredAny>().map(|_| ())?,
            }
        }
        Ok(placed)
    }
}

/// Reads a text, borrowed where nothing in it is escaped.
pub(crate) struct Text;

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

/// The one member of the object as which numbers come where any crate of the program asks for `serde_json`'s
/// `arbitrary_precision`.
const NUMBER: &str = "$serde_json::private::Number";

/// Reads whatever this field may hold, or an item of its list where it is `None`. Lists inside of lists count as what no
/// field holds, and so do objects: nothing in them is kept.
#[derive(Clone, Copy)]
struct Any<'r>(Option<&'r Field>);

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
        let Some(field) = self.0.filter(|field| field.list) else {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(Value::Other);
        };
        let mut items = Items::of(field);
        while let Some(item) = list.next_element_seed(Any(None))? {
            items.push(item);
        }
        Ok(items.value())
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut value = Value::Other;
        while let Some(name) = map.next_key_seed(Text)? {
            if name != NUMBER {
                map.next_value::<IgnoredAny>()?;
            } else if let Value::Text(digits) = map.next_value_seed(Any(None))? {
                value = digits.parse().map_or(Value::Other, Value::Number);
            }
        }
        Ok(value)
    }
}
