//! Requests as values: what can be built, what is sent, and what is refused.

mod from_json;
mod limits;
mod literals;
mod wire_form;

use cover_api::{CoverRequest, Custom, Instrumental, Model, VocalGender};

/// Returns a valid request with texts, choices and a number.
fn instrumental() -> CoverRequest<Custom<Instrumental>> {
    CoverRequest::custom_instrumental()
        .upload_url("https://storage.example.com/song.mp3")
        .call_back_url("https://api.example.com/callback")
        .model(Model::V4_5)
        .style("Smooth jazz trio")
        .title("Night Drive")
        .vocal_gender(VocalGender::Female)
        .style_weight(0.65)
        .build()
        .expect("valid")
}
