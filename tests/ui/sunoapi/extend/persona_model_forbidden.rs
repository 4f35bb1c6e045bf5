//! `personaModel` must be left out in `Source`.

use cover_tests::sunoapi::extend::{ExtendRequest, Model, PersonaModel};

fn main() {
    let _ = ExtendRequest::source().persona_model(PersonaModel::StylePersona);
}
