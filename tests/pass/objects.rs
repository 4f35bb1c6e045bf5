//! A request holds an object and a list of objects, built in any order of their members.

use cover_tests::stitch::{Fade, Segment, StitchRequest};

fn main() {
    let segments = (0..2).map(|index| Segment::builder().tags(["a"]).start(f64::from(index)).build());
    let fade = Fade::builder().millis(20).maybe_smooth(None).shape("sine").build();
    let request = StitchRequest::careful().fading(fade).segments(segments).build().expect("the rules hold");
    assert_eq!(serde_json::to_value(&request).expect("written")["segments"][1]["start"], 1.0);
}
