//! `Custom` needs a style, lyrics or what to avoid.

use cover_tests::sunoapi::generate_v6::{GenerateV6Request, Model};

fn main() {
    let _ = GenerateV6Request::custom_instrumental()
        .call_back_url("https://api.example.com/callback")
        .model(Model::V6)
        .title("Night Drive")
        .build();
    let _ = GenerateV6Request::custom_vocal()
        .call_back_url("https://api.example.com/callback")
        .model(Model::V6)
        .prompt("A calm night")
        .build();
}
