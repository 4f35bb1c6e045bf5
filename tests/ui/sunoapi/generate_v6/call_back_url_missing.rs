//! `callBackUrl` is required in every mode.

use cover_tests::sunoapi::generate_v6::{GenerateV6Request, Model};

fn main() {
    let _ = GenerateV6Request::custom_instrumental().model(Model::V5).style("Smooth jazz trio").build();
    let _ = GenerateV6Request::custom_vocal().model(Model::V5).style("Smooth jazz trio").build();
    let _ = GenerateV6Request::non_custom().model(Model::V5).instrumental(true).style("Smooth jazz trio").build();
}
