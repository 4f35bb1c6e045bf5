//! A field counts as set after a setter that takes an `Option`, even if that is `None`.

use cover_api::CoverRequest;

fn main() {
    let _ = CoverRequest::custom_vocal().maybe_style_weight(None).style_weight(0.7);
}
