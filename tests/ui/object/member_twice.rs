//! A member of an object is set once.

use cover_tests::stitch::Segment;

fn main() {
    let _segment = Segment::builder().start(0.0).start(1.0).build();
}
