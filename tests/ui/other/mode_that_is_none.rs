//! A type that is no mode starts no request.

use cover_api::{CoverRequest, Vocal};

fn main() {
    let _ = CoverRequest::<Vocal>::builder();
}
