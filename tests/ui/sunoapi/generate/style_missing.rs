//! `style` is required in `Custom<Instrumental>` and `Custom<Vocal>`.

use cover_tests::sunoapi::generate::{GenerateRequest, Model};

fn main() {
    let _ = GenerateRequest::custom_instrumental()
        .call_back_url("https://api.example.com/callback")
        .model(Model::V5)
        .title("Night Drive")
        .build();
    let _ = GenerateRequest::custom_vocal()
        .call_back_url("https://api.example.com/callback")
        .model(Model::V5)
        .prompt("Rain on the window")
        .title("Night Drive")
        .build();
}
