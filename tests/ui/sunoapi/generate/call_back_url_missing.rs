//! `callBackUrl` is required in every mode.

use cover_tests::sunoapi::generate::{GenerateRequest, Model};

fn main() {
    let _ =
        GenerateRequest::custom_instrumental().model(Model::V5).style("Smooth jazz trio").title("Night Drive").build();
    let _ = GenerateRequest::custom_vocal()
        .model(Model::V5)
        .prompt("Rain on the window")
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build();
    let _ = GenerateRequest::non_custom().model(Model::V5).prompt("Rain on the window").instrumental(true).build();
}
