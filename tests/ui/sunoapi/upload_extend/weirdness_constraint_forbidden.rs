//! `weirdnessConstraint` must be left out in `Source`.

use cover_tests::sunoapi::upload_extend::UploadExtendRequest;

fn main() {
    let _ = UploadExtendRequest::source().weirdness_constraint(0.5);
}
