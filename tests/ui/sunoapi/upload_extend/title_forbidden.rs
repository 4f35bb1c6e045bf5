//! `title` must be left out in `Source`.

use cover_tests::sunoapi::upload_extend::UploadExtendRequest;

fn main() {
    let _ = UploadExtendRequest::source().title("Night Drive");
}
