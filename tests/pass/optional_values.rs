//! Every optional field also takes an `Option`, and `None` leaves it out.

use cover_api::{CoverRequest, Model, VocalGender};

fn main() {
    let tags: Option<&str> = None;
    let weight = Some(0.65);
    let request = CoverRequest::custom_instrumental()
        .upload_url("https://storage.example.com/song.mp3")
        .without_callback()
        .model(Model::V4_5)
        .style("Smooth jazz trio")
        .title("Night Drive")
        .maybe_prompt(Some(String::from("Slow")))
        .maybe_negative_tags(tags)
        .maybe_vocal_gender(None)
        .maybe_style_weight(weight)
        .build()
        .unwrap();
    let without_options = CoverRequest::custom_instrumental()
        .upload_url("https://storage.example.com/song.mp3")
        .without_callback()
        .model(Model::V4_5)
        .style("Smooth jazz trio")
        .title("Night Drive")
        .prompt("Slow")
        .style_weight(0.65)
        .build()
        .unwrap();
    assert!(request == without_options);

    let broken = CoverRequest::non_custom()
        .upload_url("https://storage.example.com/song.mp3")
        .without_callback()
        .model(Model::V4_5)
        .prompt("Slow")
        .maybe_instrumental(Some(true))
        .build();
    assert!(broken.is_ok());
    let _ = VocalGender::Female;
}
