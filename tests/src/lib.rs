//! Tests that need several crates. The programs of the README are compiled as documentation of this one.
#![cfg_attr(doctest, doc = include_str!("../../README.md"))]

/// The spec that uses the whole language, for the tests of what does not compile.
pub mod clip {
    cover_api::api!("specs/clip.toml", in crate::clip);
}
