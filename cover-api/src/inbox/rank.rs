/// How far a callback says that a task is: nowhere yet, at a stage, or at its end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank(pub(super) u32);

impl Rank {
    pub(crate) const NOTHING: Self = Self(0);
    pub(crate) const END: Self = Self(u32::MAX);

    pub(crate) fn running(stage: u32) -> Self {
        Self(stage.saturating_add(1).min(u32::MAX - 1))
    }

    /// Returns the lowest rank above this one.
    pub(crate) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}
