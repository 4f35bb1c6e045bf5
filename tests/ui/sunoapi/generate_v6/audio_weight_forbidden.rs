//! `audioWeight` must be left out in `Custom<Instrumental>` and `NonCustom`.

use cover_tests::sunoapi::generate_v6::GenerateV6Request;

fn main() {
    let _ = GenerateV6Request::custom_instrumental().audio_weight(0.5);
    let _ = GenerateV6Request::non_custom().audio_weight(0.5);
}
