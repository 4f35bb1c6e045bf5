//! Doubled commas, missing values and invalid entries.

use cover_api::cover;

fn main() {
    let _ = cover! { mode: NonCustom,, upload_url: , "x", prompt = "x", call_back_url: _, model: V4 };
}
