//! Values of open choices that the spec does not list, such as a model that is newer than this release.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use cover_spec::rules::{MAX_UNLISTED, Placed};

/// Number of different texts that a process keeps. They are never freed, since values of choices are `Copy`.
const MAX_KEPT: usize = 1_024;

static KEPT: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);

/// A choice of the request that takes values that the spec does not list.
pub trait OpenChoice: Copy {
    /// Returns the text that is sent.
    fn text(self) -> &'static str;

    /// Returns the values that the spec lists.
    #[doc(hidden)]
    fn listed() -> Vec<&'static str>;
}

/// Options for reading a request from JSON.
///
/// ```
/// use cover_api::{CoverRequest, FromJson, Model};
///
/// let json = r#"{"uploadUrl":"https://storage.example.com/song.mp3","customMode":false,"instrumental":false,
///     "prompt":"A calm night","model":"V9","callBackUrl":"https://api.example.com/callback"}"#;
/// assert!(CoverRequest::from_json(json).is_err());
///
/// let request = CoverRequest::from_json_with(json, &FromJson::new().unlisted(Model::V5))?;
/// assert_eq!(serde_json::to_value(&request).unwrap()["model"], "V9");
/// # Ok::<(), cover_api::Violations>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct FromJson {
    /// Each choice with the values that it lists, and the value that others are like.
    like: Vec<(Vec<&'static str>, &'static str)>,
}

impl FromJson {
    /// Makes the options of `from_json`: only listed values are taken.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes values of this choice that the spec does not list. They have to keep the rules of `like`.
    ///
    /// The text of each new value is kept until the process ends. After 1,024 different ones, further values are refused.
    #[must_use]
    pub fn unlisted<C: OpenChoice>(mut self, like: C) -> Self {
        self.like.push((C::listed(), like.text()));
        self
    }

    pub(super) fn take_unlisted(&self, placed: &mut Placed<'_, '_>) {
        placed.take_unlisted(|choices, text| {
            let (_, like) = self.like.iter().rev().find(|(listed, _)| listed.iter().eq(choices.iter()))?;
            Some((*like, kept(text)?))
        });
    }
}

/// Whether two texts are equal. Unlike `==`, it can be used in constants.
#[doc(hidden)]
#[must_use]
pub const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    one.len() == other.len() && at == one.len()
}

/// Returns a copy of a text that lives as long as the process. `None` for one that breaks a rule anyway, or if there are too many.
#[doc(hidden)]
#[must_use]
pub fn kept(text: &str) -> Option<&'static str> {
    if text.is_empty() || text.chars().count() > MAX_UNLISTED {
        return None;
    }
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.get(text) {
        return Some(known);
    }
    if kept.len() >= MAX_KEPT {
        return None;
    }
    let text: &'static str = Box::leak(text.into());
    kept.insert(text);
    Some(text)
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
    fn a_process_keeps_a_bounded_number_of_texts() {
        let first = kept("model 0").unwrap();
        assert!(std::ptr::eq(first, kept("model 0").unwrap()), "an equal text is kept once");
        for number in 0..2 * MAX_KEPT {
            let _ = kept(&format!("model {number}"));
        }
        assert_eq!(KEPT.lock().unwrap().len(), MAX_KEPT);
        assert_eq!(kept("one more"), None);
        assert!(kept("model 7").is_some());
        assert_eq!([kept(""), kept(&"x".repeat(65))], [None; 2]);
    }
}
