//! `personaModel` must be left out in `NonCustom`.

use cover_tests::sunoapi::generate::{GenerateRequest, Model, PersonaModel};

fn main() {
    let _ = GenerateRequest::non_custom().persona_model(PersonaModel::StylePersona);
}
