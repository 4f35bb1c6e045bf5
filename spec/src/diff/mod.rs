//! The changes between two specs, and their effect on callers. The meaning of the specs is compared, not their text.

mod conditions;
mod fields;
mod keys;
mod limits;
mod modes;
mod relations;
mod service;

use std::fmt;

use crate::model::Spec;

/// The effect of a change on callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Programs may no longer compile, or requests may no longer build.
    Breaking,
    /// More requests are allowed. Programs compile and requests build as before.
    Loosening,
    /// Programs and requests are not affected.
    Neutral,
}

/// One change between two specs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    effect: Effect,
    text: String,
}

impl Change {
    /// Returns the effect on callers.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Returns a description of one line.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// The changes between two specs, breaking ones first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes(Vec<Change>);

/// The next version, by semantic versioning, of a crate that is generated from the spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// There are breaking changes.
    Major,
    /// There are loosening changes, and no breaking ones.
    Minor,
    /// There are only neutral changes.
    Patch,
    /// There are no changes.
    None,
}

impl Changes {
    /// Compares two specs.
    ///
    /// ```
    /// use cover_spec::diff::{Changes, Step};
    /// use cover_spec::{SHIPPED, Spec};
    ///
    /// let old = Spec::parse("old.toml", SHIPPED)?;
    /// let new = Spec::parse("new.toml", &SHIPPED.replace("max_length = 80 }", "max_length = 90 }"))?;
    /// let changes = Changes::between(&old, &new);
    /// assert_eq!(changes.step(), Step::Minor);
    /// assert!(changes.to_string().contains("`title` with V3_5, V4: at most 90 characters instead of 80"));
    /// # Ok::<(), cover_spec::Faults>(())
    /// ```
    #[must_use]
    pub fn between(old: &Spec, new: &Spec) -> Self {
        let mut changes = Self::default();
        modes::compare(old, new, &mut changes);
        fields::compare(old, new, &mut changes);
        relations::compare(old, new, &mut changes);
        service::compare(old, new, &mut changes);
        keys::compare(old, new, &mut changes);
        changes.0.sort_by_key(|change| change.effect);
        changes
    }

    /// Returns the changes, breaking ones first.
    pub fn iter(&self) -> std::slice::Iter<'_, Change> {
        self.0.iter()
    }

    /// Returns the step to the next version of a crate that is generated from the spec.
    #[must_use]
    pub fn step(&self) -> Step {
        match self.0.first().map(|change| change.effect) {
            Some(Effect::Breaking) => Step::Major,
            Some(Effect::Loosening) => Step::Minor,
            Some(Effect::Neutral) => Step::Patch,
            None => Step::None,
        }
    }

    fn count(&self, effect: Effect) -> usize {
        self.0.iter().filter(|change| change.effect == effect).count()
    }

    fn add(&mut self, effect: Effect, text: impl Into<String>) {
        let change = Change { effect, text: text.into() };
        if !self.0.contains(&change) {
            self.0.push(change);
        }
    }

    fn breaking(&mut self, text: impl Into<String>) {
        self.add(Effect::Breaking, text);
    }

    fn loosening(&mut self, text: impl Into<String>) {
        self.add(Effect::Loosening, text);
    }

    fn neutral(&mut self, text: impl Into<String>) {
        self.add(Effect::Neutral, text);
    }
}

impl<'a> IntoIterator for &'a Changes {
    type Item = &'a Change;
    type IntoIter = std::slice::Iter<'a, Change>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Breaking => "breaking",
            Self::Loosening => "loosening",
            Self::Neutral => "neutral",
        })
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Major => "major",
            Self::Minor => "minor",
            Self::Patch => "patch",
            Self::None => "none",
        })
    }
}

/// Shows a heading for each effect, a line for each change, and the step to the next version.
impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("nothing changed\n");
        }
        for effect in [Effect::Breaking, Effect::Loosening, Effect::Neutral] {
            if self.count(effect) > 0 {
                writeln!(f, "{effect}")?;
            }
            for change in self.0.iter().filter(|change| change.effect == effect) {
                writeln!(f, "  {}", change.text)?;
            }
        }
        let [breaking, loosening, neutral] =
            [Effect::Breaking, Effect::Loosening, Effect::Neutral].map(|effect| self.count(effect));
        writeln!(
            f,
            "{breaking} breaking, {loosening} loosening, {neutral} neutral: the next version is a {} one",
            self.step()
        )
    }
}
