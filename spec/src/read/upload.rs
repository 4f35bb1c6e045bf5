//! `[upload]`.

use crate::model::Upload;
use crate::source::Section;

pub(super) fn upload(root: &Section<'_>) -> Option<Upload> {
    let section = root.section("upload")?;
    let upload = Upload {
        url: section.needs_text("url"),
        file: section.needs_text("file"),
        fields: section.section("fields").map(Section::texts_by_name).unwrap_or_default(),
        link: section.needs_text("link"),
        expires: section.duration("expires"),
        max_bytes: section.whole("max_bytes"),
        field: section.text("field"),
        types: section.texts("types"),
    };
    section.unknown_keys();
    Some(upload)
}
