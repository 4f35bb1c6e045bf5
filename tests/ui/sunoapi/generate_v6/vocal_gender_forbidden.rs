//! `vocalGender` must be left out in `NonCustom`.

use cover_tests::sunoapi::generate_v6::{GenerateV6Request, VocalGender};

fn main() {
    let _ = GenerateV6Request::non_custom().vocal_gender(VocalGender::Female);
}
