//! `style_weight` must be left out in `NonCustom`.

use cover_api::CoverRequest;

fn main() {
    let _ = CoverRequest::non_custom().style_weight(0.65);
}
