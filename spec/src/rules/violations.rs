//! All violations of one request: a bounded number of them, and how many more there are.

use std::fmt;

use super::{Rule, Violation};

/// The most violations of one request that are kept.
pub(super) const MOST_KEPT: usize = 100;

/// The broken rules of one request, in the order of the fields; never empty.
///
/// At most 100 of them are kept, so that a request of junk makes no report of the same size. The rest is counted by
/// [`omitted`](Self::omitted). Names that the request does not have stand first; they are the first to be left out.
///
/// `Display` gives one line each, such as `title: 81 characters, at most 80 with V4 in Custom<Vocal>`, and ends with a line
/// such as `and 12 more` where violations were left out.
///
/// `Serialize` gives a list of objects. Where violations were left out, one more object ends the list: its `rule` is
/// `omitted`, and `actual` says how many they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Violations {
    kept: Vec<Violation>,
    omitted: usize,
}

impl Violations {
    /// The one violation of what is no JSON object at all. Its field is called `request`.
    #[must_use]
    pub fn no_object() -> Self {
        Self { kept: vec![Violation::unplaced("request", Rule::Object)], omitted: 0 }
    }

    /// The broken rules that are kept, in the order of the fields.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.kept.iter()
    }

    /// How many more violations were found and are not kept.
    ///
    /// Of a list that is too long or holds too many items of a wrong type, the items behind its first ones count only where
    /// their type is wrong.
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

/// How many were left out, in words.
pub(super) struct More(pub(super) usize);

impl fmt::Display for More {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "and {} more", self.0)
    }
}

/// Collects violations: keeps the first ones and counts the others.
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

    /// Counts violations that nobody made.
    pub(super) fn omit(&mut self, count: usize) {
        self.omitted = self.omitted.saturating_add(count);
    }

    /// How many there are, kept or not.
    pub(super) fn count(&self) -> usize {
        self.omitted.saturating_add(self.kept.len())
    }

    /// How many are kept.
    pub(super) fn kept(&self) -> usize {
        self.kept.len()
    }

    /// Those that are kept, from this one on.
    pub(super) fn since(&mut self, kept: usize) -> impl Iterator<Item = &mut Violation> {
        self.kept.iter_mut().skip(kept)
    }

    /// Puts others before these, as many as there is room for.
    pub(super) fn preceded_by(self, mut others: Self) -> Self {
        let dropped = others.kept.split_off(others.kept.len().min(MOST_KEPT - self.kept.len()));
        others.omit(self.omitted.saturating_add(dropped.len()));
        others.kept.extend(self.kept);
        others
    }

    /// `Ok` if there are none.
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
