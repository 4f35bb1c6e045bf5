//! A type that is not a mode has no builder.

use cover_api::{CoverRequest, Vocal};

fn main() {
    let _ = CoverRequest::<Vocal>::builder();
}
