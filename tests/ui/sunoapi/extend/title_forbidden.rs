//! `title` must be left out in `Source`.

use cover_tests::sunoapi::extend::ExtendRequest;

fn main() {
    let _ = ExtendRequest::source().title("Night Drive");
}
