//! Every missing field is named at once.

use cover_api::{CoverRequest, Model};

fn main() {
    let _ = CoverRequest::custom_instrumental()
        .upload_url("https://storage.example.com/song.mp3")
        .without_callback()
        .model(Model::V4_5)
        .build();
}
