//! `model` is required in every mode.

use cover_tests::sunoapi::extend::ExtendRequest;

fn main() {
    let _ = ExtendRequest::own_instrumental()
        .audio_id("e231d7a5")
        .call_back_url("https://api.example.com/callback")
        .continue_at(60.0)
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
    let _ = ExtendRequest::own_vocal()
        .audio_id("e231d7a5")
        .call_back_url("https://api.example.com/callback")
        .continue_at(60.0)
        .prompt("Rain on the window")
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
    let _ = ExtendRequest::source().audio_id("e231d7a5").call_back_url("https://api.example.com/callback").build();
}
