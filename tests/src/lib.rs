//! Types that tests of several crates share.

/// The spec that uses the whole language, for the tests of what does not compile.
pub mod clip {
    cover_api::api!("specs/clip.toml", in crate::clip);
}

/// A spec with patterns of texts and choices of whole numbers.
pub mod sticker {
    cover_api::api!("specs/sticker.toml", in crate::sticker);
}

/// A spec without modes that forbids a field.
pub mod curtain {
    cover_api::api!("specs/curtain.toml", in crate::curtain);
}

/// The spec of modes that list their fields, and of values with conditions.
pub mod stage {
    cover_api::api!("specs/stage.toml", in crate::stage);
}

/// A service whose requests hold objects.
pub mod stitch {
    cover_api::api!("specs/stitch.toml", in crate::stitch);
}
