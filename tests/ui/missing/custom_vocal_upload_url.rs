//! `upload_url` is required in `Custom<Vocal>`.

use cover_api::{CoverRequest, Model};

fn main() {
    let _ = CoverRequest::custom_vocal()
        .call_back_url("https://api.example.com/callback")
        .model(Model::V4_5)
        .prompt("A calm night drive")
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
}
