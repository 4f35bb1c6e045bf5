//! `vocalGender` must be left out in `Source`.

use cover_tests::sunoapi::upload_extend::{UploadExtendRequest, VocalGender};

fn main() {
    let _ = UploadExtendRequest::source().vocal_gender(VocalGender::Female);
}
