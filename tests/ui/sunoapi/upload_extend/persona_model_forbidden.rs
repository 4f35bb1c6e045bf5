//! `personaModel` must be left out in `Source`.

use cover_tests::sunoapi::upload_extend::{Model, PersonaModel, UploadExtendRequest};

fn main() {
    let _ = UploadExtendRequest::source().persona_model(PersonaModel::StylePersona);
}
