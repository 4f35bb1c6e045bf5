//! `continueAt` must be left out in `Source`.

use cover_tests::sunoapi::extend::ExtendRequest;

fn main() {
    let _ = ExtendRequest::source().continue_at(60.0);
}
