//! A required field takes no `Option`, although another mode does.

use cover_api::CoverRequest;

fn main() {
    let lyrics: Option<&str> = None;
    let _ = CoverRequest::custom_vocal().maybe_prompt(lyrics);
}
