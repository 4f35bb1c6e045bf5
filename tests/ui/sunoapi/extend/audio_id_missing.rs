//! `audioId` is required in every mode.

use cover_tests::sunoapi::extend::{ExtendRequest, Model};

fn main() {
    let _ = ExtendRequest::own_instrumental()
        .call_back_url("https://api.example.com/callback")
        .model(Model::V5)
        .continue_at(60.0)
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
    let _ = ExtendRequest::own_vocal()
        .call_back_url("https://api.example.com/callback")
        .model(Model::V5)
        .continue_at(60.0)
        .prompt("Rain on the window")
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
    let _ = ExtendRequest::source().call_back_url("https://api.example.com/callback").model(Model::V5).build();
}
