//! `styleWeight` must be left out in `Source`.

use cover_tests::sunoapi::extend::ExtendRequest;

fn main() {
    let _ = ExtendRequest::source().style_weight(0.5);
}
