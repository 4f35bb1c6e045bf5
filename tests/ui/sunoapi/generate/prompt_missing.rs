//! `prompt` is required in `Custom<Vocal>` and `NonCustom`.

use cover_tests::sunoapi::generate::{GenerateRequest, Model};

fn main() {
    let _ = GenerateRequest::custom_vocal()
        .call_back_url("https://api.example.com/callback")
        .model(Model::V5)
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
    let _ = GenerateRequest::non_custom()
        .call_back_url("https://api.example.com/callback")
        .model(Model::V5)
        .instrumental(true)
        .build();
}
