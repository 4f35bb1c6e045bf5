//! `without_callback` stands in for `call_back_url`: one of the two is enough.

use cover_api::CoverRequest;

fn main() {
    let _ = CoverRequest::non_custom().without_callback().call_back_url("https://api.example.com/callback");
}
