//! `negative_tags` must be left out in `NonCustom`.

use cover_api::CoverRequest;

fn main() {
    let _ = CoverRequest::non_custom().negative_tags("Heavy metal");
}
