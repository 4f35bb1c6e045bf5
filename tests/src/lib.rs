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

/// The shipped operations that have modes. They are expanded once for all tests of what does not compile.
pub mod sunoapi {
    /// A song from a text.
    pub mod generate {
        cover_api::api!("sunoapi/generate.toml", in crate::sunoapi::generate);
    }

    /// A song from a text or attachments, with the models of 2026.
    pub mod generate_v6 {
        cover_api::api!("sunoapi/generate_v6.toml", in crate::sunoapi::generate_v6);
    }

    /// The continuation of a track.
    pub mod extend {
        cover_api::api!("sunoapi/extend.toml", in crate::sunoapi::extend);
    }

    /// The continuation of an uploaded track.
    pub mod upload_extend {
        cover_api::api!("sunoapi/upload_extend.toml", in crate::sunoapi::upload_extend);
    }

    /// Two songs in one.
    pub mod mashup {
        cover_api::api!("sunoapi/mashup.toml", in crate::sunoapi::mashup);
    }
}
