//! `without_callback` is called only once.

use cover_api::CoverRequest;

fn main() {
    let _ = CoverRequest::non_custom().call_back_url("https://api.example.com/callback").without_callback();
}
