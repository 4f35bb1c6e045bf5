//! `continueAt` is required in `Own<Instrumental>` and `Own<Vocal>`.

use cover_tests::sunoapi::upload_extend::{Model, UploadExtendRequest};

fn main() {
    let _ = UploadExtendRequest::own_instrumental()
        .upload_url("https://storage.example.com/song.mp3")
        .call_back_url("https://api.example.com/callback")
        .model(Model::V5)
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
    let _ = UploadExtendRequest::own_vocal()
        .upload_url("https://storage.example.com/song.mp3")
        .call_back_url("https://api.example.com/callback")
        .model(Model::V5)
        .prompt("Rain on the window")
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
}
