//! `negativeTags` must be left out in `Source`.

use cover_tests::sunoapi::extend::ExtendRequest;

fn main() {
    let _ = ExtendRequest::source().negative_tags("drums");
}
