//! At least one of several fields must be set.

use cover_tests::clip::{ClipRequest, Model};

fn main() {
    let request = ClipRequest::picture().model(Model::Grand).pictures(["https://a.example/x"]).build();
}
