//! The request of the README, with every field that its mode takes.

use cover_api::{CoverRequest, Custom, Instrumental, Model, VocalGender, Violations};

fn main() -> Result<(), Violations> {
    let request: CoverRequest<Custom<Instrumental>> = CoverRequest::custom_instrumental()
        .upload_url("https://storage.example.com/song.mp3")
        .call_back_url("https://api.example.com/callback")
        .model(Model::V4_5)
        .prompt("Rain on the windscreen")
        .style("Smooth jazz trio")
        .title("Night Drive")
        .negative_tags("Heavy metal")
        .vocal_gender(VocalGender::Female)
        .style_weight(0.65)
        .weirdness_constraint(0.3)
        .audio_weight(1.0)
        .build()?;
    drop(request);
    Ok(())
}
