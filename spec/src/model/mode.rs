//! Modes, and sets of modes.

use super::{At, Scalar};
use crate::case;

/// An entry of `[modes]`.
#[derive(Debug, Clone)]
pub struct Mode {
    /// The name, such as `Custom<Vocal>`.
    pub name: At<String>,
    /// Fields, and the values that they have in this mode.
    pub when: Vec<(At<String>, At<Scalar>)>,
    /// When to use the mode, as documentation.
    pub doc: At<String>,
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

    /// Whether `mode` is in the set.
    #[must_use]
    pub fn has(&self, mode: &Mode) -> bool {
        match self {
            Self::Always(_) => true,
            Self::In(names) => names.iter().any(|name| mode.is_named(name)),
        }
    }
}
