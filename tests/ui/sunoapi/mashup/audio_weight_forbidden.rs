//! `audioWeight` must be left out in `NonCustom`.

use cover_tests::sunoapi::mashup::MashupRequest;

fn main() {
    let _ = MashupRequest::non_custom().audio_weight(0.5);
}
