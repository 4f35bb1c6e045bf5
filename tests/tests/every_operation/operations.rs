//! The types of every shipped operation, in one crate.

pub mod upload_cover {
    cover_api::api!("upload_cover.toml", in crate::operations::upload_cover);
}
pub mod add_instrumental {
    cover_api::api!("sunoapi/add_instrumental.toml", in crate::operations::add_instrumental);
}
pub mod add_vocals {
    cover_api::api!("sunoapi/add_vocals.toml", in crate::operations::add_vocals);
}
pub mod cover_images {
    cover_api::api!("sunoapi/cover_images.toml", in crate::operations::cover_images);
}
pub mod credit {
    cover_api::api!("sunoapi/credit.toml", in crate::operations::credit);
}
pub mod extend {
    cover_api::api!("sunoapi/extend.toml", in crate::operations::extend);
}
pub mod file_base64 {
    cover_api::api!("sunoapi/file_base64.toml", in crate::operations::file_base64);
}
pub mod file_url {
    cover_api::api!("sunoapi/file_url.toml", in crate::operations::file_url);
}
pub mod generate {
    cover_api::api!("sunoapi/generate.toml", in crate::operations::generate);
}
pub mod generate_v6 {
    cover_api::api!("sunoapi/generate_v6.toml", in crate::operations::generate_v6);
}
pub mod lyrics {
    cover_api::api!("sunoapi/lyrics.toml", in crate::operations::lyrics);
}
pub mod mashup {
    cover_api::api!("sunoapi/mashup.toml", in crate::operations::mashup);
}
pub mod mashup_v6 {
    cover_api::api!("sunoapi/mashup_v6.toml", in crate::operations::mashup_v6);
}
pub mod midi {
    cover_api::api!("sunoapi/midi.toml", in crate::operations::midi);
}
pub mod persona {
    cover_api::api!("sunoapi/persona.toml", in crate::operations::persona);
}
pub mod recovery {
    cover_api::api!("sunoapi/recovery.toml", in crate::operations::recovery);
}
pub mod replace_section {
    cover_api::api!("sunoapi/replace_section.toml", in crate::operations::replace_section);
}
pub mod sounds {
    cover_api::api!("sunoapi/sounds.toml", in crate::operations::sounds);
}
pub mod stem {
    cover_api::api!("sunoapi/stem.toml", in crate::operations::stem);
}
pub mod stems {
    cover_api::api!("sunoapi/stems.toml", in crate::operations::stems);
}
pub mod style {
    cover_api::api!("sunoapi/style.toml", in crate::operations::style);
}
pub mod timestamped_lyrics {
    cover_api::api!("sunoapi/timestamped_lyrics.toml", in crate::operations::timestamped_lyrics);
}
pub mod upload_extend {
    cover_api::api!("sunoapi/upload_extend.toml", in crate::operations::upload_extend);
}
pub mod video {
    cover_api::api!("sunoapi/video.toml", in crate::operations::video);
}
pub mod voice {
    cover_api::api!("sunoapi/voice.toml", in crate::operations::voice);
}
pub mod voice_check {
    cover_api::api!("sunoapi/voice_check.toml", in crate::operations::voice_check);
}
pub mod voice_regenerate {
    cover_api::api!("sunoapi/voice_regenerate.toml", in crate::operations::voice_regenerate);
}
pub mod voice_validate {
    cover_api::api!("sunoapi/voice_validate.toml", in crate::operations::voice_validate);
}
pub mod wav {
    cover_api::api!("sunoapi/wav.toml", in crate::operations::wav);
}
