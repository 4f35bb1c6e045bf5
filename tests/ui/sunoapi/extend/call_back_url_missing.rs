//! `callBackUrl` is required in every mode.

use cover_tests::sunoapi::extend::{ExtendRequest, Model};

fn main() {
    let _ = ExtendRequest::own_instrumental()
        .audio_id("e231d7a5")
        .model(Model::V5)
        .continue_at(60.0)
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
    let _ = ExtendRequest::own_vocal()
        .audio_id("e231d7a5")
        .model(Model::V5)
        .continue_at(60.0)
        .prompt("Rain on the window")
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
    let _ = ExtendRequest::source().audio_id("e231d7a5").model(Model::V5).build();
}
