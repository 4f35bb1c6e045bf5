//! `instrumental` is required in `NonCustom`.

use cover_tests::sunoapi::generate::{GenerateRequest, Model};

fn main() {
    let _ = GenerateRequest::non_custom()
        .call_back_url("https://api.example.com/callback")
        .model(Model::V5)
        .prompt("Rain on the window")
        .build();
}
