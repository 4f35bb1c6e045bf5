//! `upload_url` is required in `NonCustom`.

use cover_api::{CoverRequest, Model};

fn main() {
    let _ = CoverRequest::non_custom()
        .call_back_url("https://api.example.com/callback")
        .model(Model::V4_5)
        .prompt("A calm night drive")
        .build();
}
