//! Values of open choices that the spec does not list, such as a model that is newer than this release.

use std::borrow::Cow;

use cover_spec::rules::{Placed, Str};

use super::choice::TextChoice;
use super::kept::kept;

/// A choice of the request that takes values that the spec does not list.
pub trait OpenChoice: TextChoice {
    /// Returns the text that is sent.
    fn text(self) -> &'static str {
        self.sent()
    }

    /// Returns the name of the field in JSON.
    #[doc(hidden)]
    fn field() -> &'static str;
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
    like: Vec<Like>,
}

/// A choice, and the listed value whose rules its other values have to keep.
#[derive(Debug, Clone)]
struct Like {
    field: Cow<'static, str>,
    /// The values that the choice lists. `None`: whatever it lists.
    listed: Option<&'static [&'static str]>,
    value: Cow<'static, str>,
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
        let value = like.like().unwrap_or(like.sent()).into();
        self.like.push(Like { field: C::field().into(), listed: Some(C::TEXTS), value });
        self
    }

    /// Takes values of the open choice in this field that the spec does not list, as [`unlisted`](Self::unlisted) does for a choice with a
    /// type. `field` is the name that is sent, and `like` a listed value. It is for specs that are
    /// [read at run time](crate::runtime::Client::request_with).
    #[must_use]
    #[cfg(feature = "dynamic")]
    pub fn unlisted_in(mut self, field: impl Into<String>, like: impl Into<String>) -> Self {
        self.like.push(Like { field: Cow::Owned(field.into()), listed: None, value: Cow::Owned(like.into()) });
        self
    }

    pub(super) fn take_unlisted(&self, placed: &mut Placed<'_, '_>) {
        let like = |field: &str, choices: &[Str]| {
            // The choice of another request may have the same name, or the same values.
            let is_of = |listed: &'static [&'static str]| listed.iter().eq(choices.iter());
            let is_it = |like: &&Like| like.field == field && like.listed.is_none_or(is_of);
            let like = self.like.iter().rev().find(is_it)?;
            let value = choices.iter().find(|choice| **choice == *like.value)?;
            Some((**value).to_owned())
        };
        placed.take_unlisted(like, |text| kept(text).is_some());
    }
}

#[cfg(test)]
mod tests {
    use cover_spec::rules::{Field, Kind, MOST_KEPT_UNLISTED, Presence, Rules};

    use super::*;
    use crate::request::json::check_with;

    #[test]
    fn a_value_beyond_the_number_that_is_kept_is_refused_for_this_reason() {
        let engine = Field {
            wire: "engine".into(),
            rust: "engine".into(),
            kind: Kind::Choice(vec!["old".into()].into()),
            list: false,
            nullable: false,
            open: true,
            constant: None,
            presence: vec![Presence::Optional].into(),
            default: None,
            pattern: None,
            limits: Vec::new().into(),
            conditions: Vec::new().into(),
        };
        let rules =
            Rules { modes: Vec::new().into(), fields: vec![engine].into(), model: None, relations: Vec::new().into() };
        let options = FromJson { like: vec![Like { field: "engine".into(), listed: None, value: "old".into() }] };
        for number in 0..MOST_KEPT_UNLISTED {
            let _ = kept(&format!("model {number}"));
        }
        let refused = check_with(&rules, br#"{"engine":"beyond the limit"}"#, &options).err().expect("it is full");
        assert!(refused.to_string().contains("has taken 1024 different unlisted values"), "{refused}");
        let control = check_with(&rules, br#"{"engine":"a\nb"}"#, &options).err().expect("a control character");
        assert_eq!(control.to_string(), "engine: must be a text without control characters");
    }
}
