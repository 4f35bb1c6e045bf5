//! `vocal_gender` must be left out in `NonCustom`.

use cover_api::{CoverRequest, VocalGender};

fn main() {
    let _ = CoverRequest::non_custom().vocal_gender(VocalGender::Female);
}
