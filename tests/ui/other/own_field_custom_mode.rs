//! No mode has a setter for `customMode`.

use cover_api::CoverRequest;

fn main() {
    let _ = CoverRequest::non_custom().custom_mode(true);
}
