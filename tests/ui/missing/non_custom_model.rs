//! `model` is required in `NonCustom`.

use cover_api::CoverRequest;

fn main() {
    let _ = CoverRequest::non_custom()
        .upload_url("https://storage.example.com/song.mp3")
        .call_back_url("https://api.example.com/callback")
        .prompt("A calm night drive")
        .build();
}
