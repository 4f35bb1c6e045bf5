//! `title` is required in `Own<Instrumental>` and `Own<Vocal>`.

use cover_tests::sunoapi::extend::{ExtendRequest, Model};

fn main() {
    let _ = ExtendRequest::own_instrumental()
        .audio_id("e231d7a5")
        .call_back_url("https://api.example.com/callback")
        .model(Model::V5)
        .continue_at(60.0)
        .style("Smooth jazz trio")
        .build();
    let _ = ExtendRequest::own_vocal()
        .audio_id("e231d7a5")
        .call_back_url("https://api.example.com/callback")
        .model(Model::V5)
        .continue_at(60.0)
        .prompt("Rain on the window")
        .style("Smooth jazz trio")
        .build();
}
