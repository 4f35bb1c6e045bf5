//! An object in a request has its required members.

use cover_tests::stitch::Segment;

fn main() {
    let _segment = Segment::builder().source("https://example.com/a.mp3").build();
}
