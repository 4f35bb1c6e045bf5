//! `callBackUrl` is required in every mode.

use cover_tests::sunoapi::mashup::{MashupRequest, Model};

fn main() {
    let _ = MashupRequest::custom_instrumental()
        .upload_url_list(["https://storage.example.com/a.mp3", "https://storage.example.com/b.mp3"])
        .model(Model::V5)
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
    let _ = MashupRequest::custom_vocal()
        .upload_url_list(["https://storage.example.com/a.mp3", "https://storage.example.com/b.mp3"])
        .model(Model::V5)
        .prompt("Rain on the window")
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
    let _ = MashupRequest::non_custom()
        .upload_url_list(["https://storage.example.com/a.mp3", "https://storage.example.com/b.mp3"])
        .model(Model::V5)
        .prompt("Rain on the window")
        .build();
}
