//! A mode that does not take a field does not take `None` for it either.

use cover_api::CoverRequest;

fn main() {
    let _ = CoverRequest::non_custom().maybe_style_weight(None);
}
