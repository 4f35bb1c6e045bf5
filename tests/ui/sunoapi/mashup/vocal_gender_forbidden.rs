//! `vocalGender` must be left out in `NonCustom`.

use cover_tests::sunoapi::mashup::{MashupRequest, VocalGender};

fn main() {
    let _ = MashupRequest::non_custom().vocal_gender(VocalGender::Female);
}
