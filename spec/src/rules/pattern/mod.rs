//! The pattern of a text.

#[cfg_attr(feature = "pattern", path = "enabled.rs")]
#[cfg_attr(not(feature = "pattern"), path = "disabled.rs")]
mod compiled;

pub use compiled::Pattern;
