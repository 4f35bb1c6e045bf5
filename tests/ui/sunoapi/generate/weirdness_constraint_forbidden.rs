//! `weirdnessConstraint` must be left out in `NonCustom`.

use cover_tests::sunoapi::generate::GenerateRequest;

fn main() {
    let _ = GenerateRequest::non_custom().weirdness_constraint(0.5);
}
