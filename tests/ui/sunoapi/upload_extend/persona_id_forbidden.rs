//! `personaId` must be left out in `Source`.

use cover_tests::sunoapi::upload_extend::UploadExtendRequest;

fn main() {
    let _ = UploadExtendRequest::source().persona_id("8d0c6f5e9b7a4d51");
}
