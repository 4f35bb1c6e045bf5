//! The states of a builder's fields.
//!
//! A builder's type says of each field whether it was given: `HasStyle = Set` or `HasStyle = Unset`.

/// The field was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Set;

/// The field was not given yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unset;
