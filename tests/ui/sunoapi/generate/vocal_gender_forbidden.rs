//! `vocalGender` must be left out in `NonCustom`.

use cover_tests::sunoapi::generate::{GenerateRequest, VocalGender};

fn main() {
    let _ = GenerateRequest::non_custom().vocal_gender(VocalGender::Female);
}
