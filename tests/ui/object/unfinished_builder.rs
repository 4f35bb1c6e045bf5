//! A setter takes objects, not their builders.

use cover_tests::stitch::{Fade, StitchRequest};

fn main() {
    let _request = StitchRequest::careful().fading(Fade::builder().shape("sine").millis(20));
}
