//! `call_back_url` is required in `NonCustom`.

use cover_api::{CoverRequest, Model};

fn main() {
    let _ = CoverRequest::non_custom()
        .upload_url("https://storage.example.com/song.mp3")
        .model(Model::V4_5)
        .prompt("A calm night drive")
        .build();
}
