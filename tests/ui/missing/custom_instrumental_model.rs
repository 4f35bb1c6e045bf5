//! `model` is required in `Custom<Instrumental>`.

use cover_api::CoverRequest;

fn main() {
    let _ = CoverRequest::custom_instrumental()
        .upload_url("https://storage.example.com/song.mp3")
        .call_back_url("https://api.example.com/callback")
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
}
