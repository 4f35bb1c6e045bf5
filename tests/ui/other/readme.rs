use cover_api::{CoverRequest, Model};

fn main() {
    let request = CoverRequest::custom_instrumental()
        .upload_url("https://storage.example.com/song.mp3")
        .without_callback()
        .model(Model::V4_5)
        .title("Night Drive")
        .build();
}
