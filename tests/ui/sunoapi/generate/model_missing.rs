//! `model` is required in every mode.

use cover_tests::sunoapi::generate::GenerateRequest;

fn main() {
    let _ = GenerateRequest::custom_instrumental()
        .call_back_url("https://api.example.com/callback")
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
    let _ = GenerateRequest::custom_vocal()
        .call_back_url("https://api.example.com/callback")
        .prompt("Rain on the window")
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
    let _ = GenerateRequest::non_custom()
        .call_back_url("https://api.example.com/callback")
        .prompt("Rain on the window")
        .instrumental(true)
        .build();
}
