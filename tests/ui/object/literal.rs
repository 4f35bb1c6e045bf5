//! Objects have no literals.

use cover_tests::stitch::{Segment, stitch};

fn main() {
    let segments = [Segment::builder().start(0.0).build()];
    let _request = stitch! { mode: Quick, segments: segments };
}
