//! `style` is required in `Custom<Instrumental>` and `Custom<Vocal>`.

use cover_tests::sunoapi::mashup::{MashupRequest, Model};

fn main() {
    let _ = MashupRequest::custom_instrumental()
        .upload_url_list(["https://storage.example.com/a.mp3", "https://storage.example.com/b.mp3"])
        .call_back_url("https://api.example.com/callback")
        .model(Model::V5)
        .title("Night Drive")
        .build();
    let _ = MashupRequest::custom_vocal()
        .upload_url_list(["https://storage.example.com/a.mp3", "https://storage.example.com/b.mp3"])
        .call_back_url("https://api.example.com/callback")
        .model(Model::V5)
        .prompt("Rain on the window")
        .title("Night Drive")
        .build();
}
