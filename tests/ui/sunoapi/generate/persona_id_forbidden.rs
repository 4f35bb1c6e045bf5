//! `personaId` must be left out in `NonCustom`.

use cover_tests::sunoapi::generate::GenerateRequest;

fn main() {
    let _ = GenerateRequest::non_custom().persona_id("8d0c6f5e9b7a4d51");
}
