//! What generated choices of texts call.

use cover_spec::rules::Value;

use super::UnknownChoice;
use super::kept::kept;
use super::value::FieldValue;

/// A type whose values stand for texts that the spec lists.
pub trait TextChoice: Copy + 'static {
    /// The texts, in the order of the spec.
    const TEXTS: &'static [&'static str];
    /// The value of each text.
    const VALUES: &'static [Self];

    /// Returns the text that is sent.
    fn sent(self) -> &'static str;

    /// Returns the listed text whose rules a value has to keep that is not listed itself.
    fn like(self) -> Option<&'static str> {
        None
    }

    /// Makes a value that is not listed. `None` if the choice is not open.
    fn unlisted(text: &'static str, like: Self) -> Option<Self> {
        let _ = (text, like);
        None
    }
}

/// Returns the value of a text.
#[expect(clippy::missing_errors_doc, reason = "generated code documents it")]
pub fn parse<T: TextChoice>(text: &str) -> Result<T, UnknownChoice> {
    let place = T::TEXTS.iter().position(|listed| *listed == text);
    place.and_then(|place| T::VALUES.get(place)).copied().ok_or(UnknownChoice::among(T::TEXTS))
}

/// Returns the place of a text in a list. It can be used in constants.
#[must_use]
pub const fn place(text: &str, texts: &[&str]) -> Option<usize> {
    let mut place = 0;
    while place < texts.len() {
        if same(text, texts[place]) {
            return Some(place);
        }
        place += 1;
    }
    None
}

/// Whether two texts are equal. Unlike `==`, it can be used in constants.
const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    one.len() == other.len() && at == one.len()
}

impl<T: TextChoice> FieldValue for T {
    fn as_value(&self) -> Value<'_> {
        self.like().map_or_else(|| Value::text(self.sent()), |like| Value::unlisted(self.sent(), like))
    }

    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Text(text) => parse(&text).ok(),
            Value::Unlisted { text, like } => Self::unlisted(kept(&text)?, parse(&like).ok()?),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_equal_if_all_bytes_are() {
        for (one, other) in [("", ""), ("V5", "V5"), ("V5", "V4"), ("V5", "V5x"), ("V5x", "V5"), ("", "V5"), ("ä", "ö")]
        {
            assert_eq!(same(one, other), one == other, "{one} {other}");
        }
    }

    #[test]
    fn the_place_of_a_text_is_that_of_the_first_equal_one() {
        let texts = ["V4", "V5", "V5"];
        assert_eq!(["V4", "V5", "V6"].map(|text| place(text, &texts)), [Some(0), Some(1), None]);
    }
}
