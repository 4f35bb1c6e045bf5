//! `call_back_url` is required in `Custom<Instrumental>`.

use cover_api::{CoverRequest, Model};

fn main() {
    let _ = CoverRequest::custom_instrumental()
        .upload_url("https://storage.example.com/song.mp3")
        .model(Model::V4_5)
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
}
