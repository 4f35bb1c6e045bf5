//! An optional field is also set only once.

use cover_api::CoverRequest;

fn main() {
    let _ = CoverRequest::custom_vocal().style_weight(0.65).style_weight(0.7);
}
