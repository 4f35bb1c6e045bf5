//! `prompt` is required in `Own<Vocal>` and `Source`.

use cover_tests::sunoapi::upload_extend::{Model, UploadExtendRequest};

fn main() {
    let _ = UploadExtendRequest::own_vocal()
        .upload_url("https://storage.example.com/song.mp3")
        .call_back_url("https://api.example.com/callback")
        .model(Model::V5)
        .continue_at(60.0)
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
    let _ = UploadExtendRequest::source()
        .upload_url("https://storage.example.com/song.mp3")
        .call_back_url("https://api.example.com/callback")
        .model(Model::V5)
        .build();
}
