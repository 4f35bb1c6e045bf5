//! Two fields must be set together.

use cover_tests::clip::{ClipRequest, Model};

fn main() {
    let request = ClipRequest::text_short().model(Model::Grand).prompt("A cat").tags(["a"]).start(1).build();
}
