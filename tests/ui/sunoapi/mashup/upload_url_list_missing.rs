//! `uploadUrlList` is required in every mode.

use cover_tests::sunoapi::mashup::{MashupRequest, Model};

fn main() {
    let _ = MashupRequest::custom_instrumental()
        .call_back_url("https://api.example.com/callback")
        .model(Model::V5)
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
    let _ = MashupRequest::custom_vocal()
        .call_back_url("https://api.example.com/callback")
        .model(Model::V5)
        .prompt("Rain on the window")
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
    let _ = MashupRequest::non_custom()
        .call_back_url("https://api.example.com/callback")
        .model(Model::V5)
        .prompt("Rain on the window")
        .build();
}
