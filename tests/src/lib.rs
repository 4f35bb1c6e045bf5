//! Types that tests of several crates share.

/// The spec that uses the whole language, for the tests of what does not compile.
pub mod clip {
    cover_api::api!("specs/clip.toml", in crate::clip);
}
