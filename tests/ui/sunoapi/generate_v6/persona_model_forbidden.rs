//! `personaModel` must be left out in `NonCustom`.

use cover_tests::sunoapi::generate_v6::{GenerateV6Request, PersonaModel};

fn main() {
    let _ = GenerateV6Request::non_custom().persona_model(PersonaModel::StylePersona);
}
