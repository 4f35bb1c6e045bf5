//! The mode sets `instrumental` itself.

use cover_api::CoverRequest;

fn main() {
    let _ = CoverRequest::custom_instrumental().instrumental(false);
}
