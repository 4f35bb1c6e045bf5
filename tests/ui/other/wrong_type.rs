//! A weight is a number.

use cover_api::CoverRequest;

fn main() {
    let _ = CoverRequest::custom_vocal().style_weight("0.65");
}
