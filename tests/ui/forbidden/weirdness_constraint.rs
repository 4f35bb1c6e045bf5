//! `weirdness_constraint` must be left out in `NonCustom`.

use cover_api::CoverRequest;

fn main() {
    let _ = CoverRequest::non_custom().weirdness_constraint(0.3);
}
