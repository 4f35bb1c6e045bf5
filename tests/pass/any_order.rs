//! Setters come in any order, and texts in any type that becomes a `String`.

use cover_api::{CoverRequest, Model, Violations};

fn main() -> Result<(), Violations> {
    let title = String::from("Night Drive");
    CoverRequest::custom_vocal()
        .title(title)
        .style_weight(0.5)
        .prompt('♪')
        .model(Model::V5)
        .style("Smooth jazz trio")
        .without_callback()
        .upload_url(Box::<str>::from("https://storage.example.com/song.mp3"))
        .build()?;
    Ok(())
}
