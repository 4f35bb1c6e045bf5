//! The states of the fields of a builder.
//!
//! The type of a builder records for each field whether it is set: `HasStyle = Set` or `HasStyle = Unset`.

/// The field is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Set;

/// The field is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unset;
