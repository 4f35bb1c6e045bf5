//! `instrumental` is required in `NonCustom`.

use cover_tests::sunoapi::generate_v6::{GenerateV6Request, Model};

fn main() {
    let _ = GenerateV6Request::non_custom()
        .call_back_url("https://api.example.com/callback")
        .model(Model::V5)
        .style("Smooth jazz trio")
        .build();
}
