//! `model` is required in `Custom<Vocal>`.

use cover_api::CoverRequest;

fn main() {
    let _ = CoverRequest::custom_vocal()
        .upload_url("https://storage.example.com/song.mp3")
        .call_back_url("https://api.example.com/callback")
        .prompt("A calm night drive")
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
}
