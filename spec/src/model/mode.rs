//! Modes, sets of modes, and sets of fields.

use super::{At, Scalar};
use crate::case;
use crate::rules::Presence;

/// An entry of `[modes]`.
#[derive(Debug, Clone)]
pub struct Mode {
    /// The name, such as `Custom<Vocal>`.
    pub name: At<String>,
    /// Fields, and the values that they have in this mode.
    pub when: Vec<(At<String>, At<Scalar>)>,
    /// When to use the mode, as documentation.
    pub doc: At<String>,
    /// Fields that are required in the mode.
    pub required: Option<FieldSet>,
    /// Fields that are optional in the mode.
    pub optional: Option<FieldSet>,
    /// Fields that are forbidden in the mode.
    pub forbidden: Option<FieldSet>,
}

impl Mode {
    /// Returns the parts of the name: `Custom` and `Vocal` of `Custom<Vocal>`.
    #[must_use]
    pub fn parts(&self) -> Vec<&str> {
        self.name.split(['<', '>']).map(str::trim).filter(|part| !part.is_empty()).collect()
    }

    /// Returns the name of the constructor for this mode, such as `custom_vocal`.
    #[must_use]
    pub fn constructor(&self) -> String {
        case::snake(&self.parts().join("_"))
    }

    /// Whether `name` is the whole name of this mode, or the first of several parts.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        self.name.value == name || (self.name.contains('<') && self.parts().first() == Some(&name))
    }

    /// Returns the sets of fields that the mode gives, each with its key and what that says.
    pub fn field_sets(&self) -> impl Iterator<Item = (&'static str, Presence, &FieldSet)> {
        let all = [
            ("required", Presence::Required, &self.required),
            ("optional", Presence::Optional, &self.optional),
            ("forbidden", Presence::Forbidden, &self.forbidden),
        ];
        all.into_iter().filter_map(|(key, presence, set)| Some((key, presence, set.as_ref()?)))
    }
}

/// `"always"`, or a list of modes.
#[derive(Debug, Clone)]
pub enum ModeSet {
    /// In every mode.
    Always(At<()>),
    /// In these modes.
    In(Vec<At<String>>),
}

impl ModeSet {
    /// Returns the names that the spec lists; empty for `"always"`.
    #[must_use]
    pub fn names(&self) -> &[At<String>] {
        match self {
            Self::Always(_) => &[],
            Self::In(names) => names,
        }
    }

    /// Returns the place that puts `mode` into the set, if one does.
    #[must_use]
    pub fn place_of(&self, mode: &Mode) -> Option<At<()>> {
        match self {
            Self::Always(place) => Some(*place),
            Self::In(names) => names.iter().find(|name| mode.is_named(name)).map(|name| name.with(())),
        }
    }
}

/// `"others"`, or a list of fields.
#[derive(Debug, Clone)]
pub enum FieldSet {
    /// Every field whose presence in the mode is not said elsewhere.
    Others(At<()>),
    /// These fields.
    These(Vec<At<String>>),
}

impl FieldSet {
    /// Returns the names that the spec lists; empty for `"others"`.
    #[must_use]
    pub fn names(&self) -> &[At<String>] {
        match self {
            Self::Others(_) => &[],
            Self::These(names) => names,
        }
    }

    /// Returns the place of `"others"`.
    #[must_use]
    pub fn others(&self) -> Option<At<()>> {
        match self {
            Self::Others(place) => Some(*place),
            Self::These(_) => None,
        }
    }
}
