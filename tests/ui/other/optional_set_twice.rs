//! An optional field is set once, too.

use cover_api::CoverRequest;

fn main() {
    let _ = CoverRequest::custom_vocal().style_weight(0.65).style_weight(0.7);
}
