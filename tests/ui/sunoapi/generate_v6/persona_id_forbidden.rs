//! `personaId` must be left out in `NonCustom`.

use cover_tests::sunoapi::generate_v6::GenerateV6Request;

fn main() {
    let _ = GenerateV6Request::non_custom().persona_id("8d0c6f5e9b7a4d51");
}
