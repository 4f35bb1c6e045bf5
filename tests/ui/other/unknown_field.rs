//! The request has no such field.

use cover_api::CoverRequest;

fn main() {
    let _ = CoverRequest::custom_vocal().stlye("Smooth jazz trio");
}
