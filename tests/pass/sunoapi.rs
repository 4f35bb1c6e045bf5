//! A request with only what is required, in each mode of the shipped operations with modes.

use std::error::Error;

use cover_tests::sunoapi::{extend, generate, generate_v6, mashup, upload_extend};

fn main() -> Result<(), Box<dyn Error>> {
    let _ = generate::GenerateRequest::custom_instrumental()
        .call_back_url("https://api.example.com/callback")
        .model(generate::Model::V5)
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build()?;
    let _ = generate::GenerateRequest::custom_vocal()
        .call_back_url("https://api.example.com/callback")
        .model(generate::Model::V5)
        .prompt("Rain on the window")
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build()?;
    let _ = generate::GenerateRequest::non_custom()
        .call_back_url("https://api.example.com/callback")
        .model(generate::Model::V5)
        .prompt("Rain on the window")
        .instrumental(true)
        .build()?;
    let _ = extend::ExtendRequest::own_instrumental()
        .audio_id("e231d7a5")
        .call_back_url("https://api.example.com/callback")
        .model(extend::Model::V5)
        .continue_at(60.0)
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build()?;
    let _ = extend::ExtendRequest::own_vocal()
        .audio_id("e231d7a5")
        .call_back_url("https://api.example.com/callback")
        .model(extend::Model::V5)
        .continue_at(60.0)
        .prompt("Rain on the window")
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build()?;
    let _ = extend::ExtendRequest::source()
        .audio_id("e231d7a5")
        .call_back_url("https://api.example.com/callback")
        .model(extend::Model::V5)
        .build()?;
    let _ = upload_extend::UploadExtendRequest::own_instrumental()
        .upload_url("https://storage.example.com/song.mp3")
        .call_back_url("https://api.example.com/callback")
        .model(upload_extend::Model::V5)
        .continue_at(60.0)
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build()?;
    let _ = upload_extend::UploadExtendRequest::own_vocal()
        .upload_url("https://storage.example.com/song.mp3")
        .call_back_url("https://api.example.com/callback")
        .model(upload_extend::Model::V5)
        .continue_at(60.0)
        .prompt("Rain on the window")
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build()?;
    let _ = upload_extend::UploadExtendRequest::source()
        .upload_url("https://storage.example.com/song.mp3")
        .call_back_url("https://api.example.com/callback")
        .model(upload_extend::Model::V5)
        .prompt("Rain on the window")
        .build()?;
    let _ = mashup::MashupRequest::custom_instrumental()
        .upload_url_list(["https://storage.example.com/a.mp3", "https://storage.example.com/b.mp3"])
        .call_back_url("https://api.example.com/callback")
        .model(mashup::Model::V5)
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build()?;
    let _ = mashup::MashupRequest::custom_vocal()
        .upload_url_list(["https://storage.example.com/a.mp3", "https://storage.example.com/b.mp3"])
        .call_back_url("https://api.example.com/callback")
        .model(mashup::Model::V5)
        .prompt("Rain on the window")
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build()?;
    let _ = mashup::MashupRequest::non_custom()
        .upload_url_list(["https://storage.example.com/a.mp3", "https://storage.example.com/b.mp3"])
        .call_back_url("https://api.example.com/callback")
        .model(mashup::Model::V5)
        .prompt("Rain on the window")
        .build()?;
    let _ = generate_v6::GenerateV6Request::custom_instrumental()
        .call_back_url("https://api.example.com/callback")
        .model(generate_v6::Model::V5)
        .style("Smooth jazz trio")
        .build()?;
    let _ = generate_v6::GenerateV6Request::custom_vocal()
        .call_back_url("https://api.example.com/callback")
        .model(generate_v6::Model::V5)
        .style("Smooth jazz trio")
        .build()?;
    let _ = generate_v6::GenerateV6Request::non_custom()
        .call_back_url("https://api.example.com/callback")
        .model(generate_v6::Model::V5)
        .instrumental(true)
        .style("Smooth jazz trio")
        .build()?;
    Ok(())
}
