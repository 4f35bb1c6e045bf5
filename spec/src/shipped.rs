//! The specs that this crate ships, and their bases.

/// The text of the spec that `cover-api` is generated from.
pub const SHIPPED: &str = include_str!("../upload_cover.toml");

/// What the paths of shipped files begin with in faults, and as bases: `base = "cover-spec/upload_cover.toml"`.
pub(crate) const FOLDER: &str = "cover-spec/";

/// Makes a list of paths, and a list of these paths with the texts of the files.
macro_rules! files {
    ($(#[$doc:meta])* pub $paths:ident, $texts:ident: $($path:literal,)*) => {
        $(#[$doc])*
        pub const $paths: &[&str] = &[$($path),*];
        const $texts: &[(&str, &str)] = &[$(($path, include_str!(concat!("../", $path)))),*];
    };
}

files! {
    /// The paths of the shipped specs.
    pub SHIPPED_SPECS, SPECS:
    "upload_cover.toml",
    "sunoapi/add_instrumental.toml",
    "sunoapi/add_vocals.toml",
    "sunoapi/cover_images.toml",
    "sunoapi/credit.toml",
    "sunoapi/extend.toml",
    "sunoapi/file_base64.toml",
    "sunoapi/file_url.toml",
    "sunoapi/generate.toml",
    "sunoapi/generate_v6.toml",
    "sunoapi/lyrics.toml",
    "sunoapi/mashup.toml",
    "sunoapi/mashup_v6.toml",
    "sunoapi/midi.toml",
    "sunoapi/persona.toml",
    "sunoapi/recovery.toml",
    "sunoapi/replace_section.toml",
    "sunoapi/sounds.toml",
    "sunoapi/stem.toml",
    "sunoapi/stems.toml",
    "sunoapi/style.toml",
    "sunoapi/timestamped_lyrics.toml",
    "sunoapi/upload_extend.toml",
    "sunoapi/video.toml",
    "sunoapi/voice.toml",
    "sunoapi/voice_check.toml",
    "sunoapi/voice_regenerate.toml",
    "sunoapi/voice_validate.toml",
    "sunoapi/wav.toml",
}

files! {
    /// The paths of the shipped files that are only bases for others.
    pub SHIPPED_BASES, BASES:
    "sunoapi/base/common.toml",
    "sunoapi/base/direct.toml",
    "sunoapi/base/file.toml",
    "sunoapi/base/music.toml",
    "sunoapi/base/phrase.toml",
    "sunoapi/base/stems.toml",
    "sunoapi/base/task.toml",
    "sunoapi/base/v6.toml",
}

/// Returns the text of a shipped file. Its path is one of [`SHIPPED_SPECS`] or [`SHIPPED_BASES`].
///
/// ```
/// assert!(cover_spec::shipped("sunoapi/extend.toml").is_some());
/// assert!(cover_spec::shipped("sunoapi/base/music.toml").is_some());
/// assert_eq!(cover_spec::shipped("extend.toml"), None);
/// ```
#[must_use]
pub fn shipped(path: &str) -> Option<&'static str> {
    SPECS.iter().chain(BASES).find(|(known, _)| *known == path).map(|(_, text)| *text)
}

/// Returns the text of a shipped file whose path begins with [`FOLDER`].
pub(crate) fn in_folder(path: &str) -> Option<&'static str> {
    path.strip_prefix(FOLDER).and_then(shipped)
}
