//! The violations of one request. Their number is bounded; the others are counted.

use std::fmt;

use super::{Rule, Violation};

/// Maximum number of violations of one request that are kept.
pub(super) const MOST_KEPT: usize = 100;

/// The broken rules of one request, in the order of its fields. There is at least one.
///
/// At most 100 are kept, so that junk does not produce a report of its own size. [`omitted`](Self::omitted) counts the
/// others. Unknown names come first, and are omitted first.
///
/// `Display` writes a line for each, such as `title: 81 characters, at most 80 with V4 in Custom<Vocal>`. If violations
/// are omitted, the last line is like `and 12 more`.
///
/// `Serialize` writes a list of objects. If violations are omitted, the last object has the rule `omitted`, and `actual`
/// is their number.
#[derive(Debug, Clone, PartialEq)]
pub struct Violations {
    kept: Vec<Violation>,
    omitted: usize,
}

impl Violations {
    /// Creates the violation for a body that is not a JSON object. Its field is `request`.
    #[must_use]
    pub fn no_object() -> Self {
        Self { kept: vec![Violation::unplaced("request", Rule::Object)], omitted: 0 }
    }

    /// Returns the violations that are kept, in the order of the fields.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.kept.iter()
    }

    /// Returns the number of violations that were found and are not kept.
    ///
    /// In a list that is too long, or has more than 100 items of a wrong type, later items are only checked for their type.
    #[must_use]
    pub fn omitted(&self) -> usize {
        self.omitted
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.kept.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            violation.fmt(f)?;
        }
        if self.omitted > 0 { write!(f, "\n{}", More(self.omitted)) } else { Ok(()) }
    }
}

impl std::error::Error for Violations {}

/// Shows the number of omitted violations.
pub(super) struct More(pub(super) usize);

impl fmt::Display for More {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "and {} more", self.0)
    }
}

/// Collects violations. The first ones are kept, the others counted.
#[derive(Debug, Default)]
pub(super) struct Found {
    kept: Vec<Violation>,
    omitted: usize,
}

impl Found {
    pub(super) fn push(&mut self, violation: Violation) {
        if self.kept.len() < MOST_KEPT {
            self.kept.push(violation);
        } else {
            self.omit(1);
        }
    }

    /// Counts violations that were not created.
    pub(super) fn omit(&mut self, count: usize) {
        self.omitted = self.omitted.saturating_add(count);
    }

    /// Returns the number of violations, kept or not.
    pub(super) fn count(&self) -> usize {
        self.omitted.saturating_add(self.kept.len())
    }

    /// Returns the number of violations that are kept.
    pub(super) fn kept(&self) -> usize {
        self.kept.len()
    }

    /// Returns the violations that are kept, without the first ones.
    pub(super) fn since(&mut self, kept: usize) -> impl Iterator<Item = &mut Violation> {
        self.kept.iter_mut().skip(kept)
    }

    /// Puts other violations before these, as many as can be kept.
    pub(super) fn preceded_by(self, mut others: Self) -> Self {
        let dropped = others.kept.split_off(others.kept.len().min(MOST_KEPT - self.kept.len()));
        others.omit(self.omitted.saturating_add(dropped.len()));
        others.kept.extend(self.kept);
        others
    }

    /// Returns the violations as an error, or `Ok` if there are none.
    pub(super) fn result(self) -> Result<(), Violations> {
        let Self { kept, omitted } = self;
        if kept.is_empty() && omitted == 0 { Ok(()) } else { Err(Violations { kept, omitted }) }
    }
}

impl Extend<Violation> for Found {
    fn extend<I: IntoIterator<Item = Violation>>(&mut self, violations: I) {
        violations.into_iter().for_each(|violation| self.push(violation));
    }
}
