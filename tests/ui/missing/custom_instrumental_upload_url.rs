//! `upload_url` is required in `Custom<Instrumental>`.

use cover_api::{CoverRequest, Model};

fn main() {
    let _ = CoverRequest::custom_instrumental()
        .call_back_url("https://api.example.com/callback")
        .model(Model::V4_5)
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
}
