//! `personaId` must be left out in `Source`.

use cover_tests::sunoapi::extend::ExtendRequest;

fn main() {
    let _ = ExtendRequest::source().persona_id("8d0c6f5e9b7a4d51");
}
