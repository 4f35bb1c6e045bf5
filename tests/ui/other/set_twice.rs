//! A field is set only once.

use cover_api::CoverRequest;

fn main() {
    let _ = CoverRequest::custom_vocal().style("Smooth jazz trio").title("Night Drive").style("Big band");
}
