//! `uploadUrl` is required in every mode.

use cover_tests::sunoapi::upload_extend::{Model, UploadExtendRequest};

fn main() {
    let _ = UploadExtendRequest::own_instrumental()
        .call_back_url("https://api.example.com/callback")
        .model(Model::V5)
        .continue_at(60.0)
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
    let _ = UploadExtendRequest::own_vocal()
        .call_back_url("https://api.example.com/callback")
        .model(Model::V5)
        .continue_at(60.0)
        .prompt("Rain on the window")
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
    let _ = UploadExtendRequest::source()
        .call_back_url("https://api.example.com/callback")
        .model(Model::V5)
        .prompt("Rain on the window")
        .build();
}
