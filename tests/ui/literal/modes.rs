//! The mode is one of the spec and is given once.

use cover_api::cover;

fn main() {
    let _ = cover! { mode: Custom<Instrumentl>, model: V4 };
    let _ = cover! { model: V4 };
    let _ = cover! { mode: NonCustom, mode: NonCustom, upload_url: "https://a.example", call_back_url: _, model: V4, prompt: "x" };
}
