//! Exactly one of several groups of fields must be set.

use cover_tests::clip::{ClipRequest, Model};

fn main() {
    let request = ClipRequest::text_short().model(Model::Grand).prompt("A cat").tags(["a"]).words(["b"]).build();
}
