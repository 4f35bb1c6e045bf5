//! `model` is required in every mode.

use cover_tests::sunoapi::generate_v6::GenerateV6Request;

fn main() {
    let _ = GenerateV6Request::custom_instrumental()
        .call_back_url("https://api.example.com/callback")
        .style("Smooth jazz trio")
        .build();
    let _ = GenerateV6Request::custom_vocal()
        .call_back_url("https://api.example.com/callback")
        .style("Smooth jazz trio")
        .build();
    let _ = GenerateV6Request::non_custom()
        .call_back_url("https://api.example.com/callback")
        .instrumental(true)
        .style("Smooth jazz trio")
        .build();
}
