//! `styleWeight` must be left out in `NonCustom`.

use cover_tests::sunoapi::mashup::MashupRequest;

fn main() {
    let _ = MashupRequest::non_custom().style_weight(0.5);
}
