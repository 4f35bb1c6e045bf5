//! `callBackUrl` is required in every mode.

use cover_tests::sunoapi::upload_extend::{Model, UploadExtendRequest};

fn main() {
    let _ = UploadExtendRequest::own_instrumental()
        .upload_url("https://storage.example.com/song.mp3")
        .model(Model::V5)
        .continue_at(60.0)
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
    let _ = UploadExtendRequest::own_vocal()
        .upload_url("https://storage.example.com/song.mp3")
        .model(Model::V5)
        .continue_at(60.0)
        .prompt("Rain on the window")
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
    let _ = UploadExtendRequest::source()
        .upload_url("https://storage.example.com/song.mp3")
        .model(Model::V5)
        .prompt("Rain on the window")
        .build();
}
