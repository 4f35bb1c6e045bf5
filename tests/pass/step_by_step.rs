//! A builder can be kept half filled, cloned and used for several requests.

use cover_api::{CoverRequest, Model, NonCustom, Violations};

fn main() -> Result<(), Violations> {
    let base = CoverRequest::<NonCustom>::builder()
        .upload_url("https://storage.example.com/song.mp3")
        .without_callback()
        .prompt("A calm night drive");
    for model in Model::ALL {
        base.clone().model(*model).instrumental(true).build()?;
    }
    Ok(())
}
