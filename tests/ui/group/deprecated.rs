//! A deprecated setter says why.

#![deny(deprecated)]

use cover_tests::clip::{ClipRequest, Model};

fn main() {
    let _ = ClipRequest::text_short().model(Model::Swift).prompt("A cat").tags(["a"]).seed(7).build();
}
