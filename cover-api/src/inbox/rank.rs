/// How far a callback says that a task is: nowhere yet, at a stage, or at its end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank(pub(super) u32);

impl Rank {
    pub(crate) const NOTHING: Self = Self(0);
    pub(crate) const END: Self = Self(u32::MAX);

    /// Returns the rank with this number, such as one that another process has sent.
    pub(crate) fn from_number(number: u32) -> Self {
        Self(number)
    }

    /// Returns its number. A higher rank has a higher one.
    #[cfg(feature = "callback")]
    pub(crate) fn number(self) -> u32 {
        self.0
    }

    pub(crate) fn running(stage: u32) -> Self {
        Self(stage.saturating_add(1).min(u32::MAX - 1))
    }

    /// Returns the lowest rank above this one.
    pub(crate) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}
