//! `negativeTags` must be left out in `NonCustom`.

use cover_tests::sunoapi::generate_v6::GenerateV6Request;

fn main() {
    let _ = GenerateV6Request::non_custom().negative_tags("drums");
}
