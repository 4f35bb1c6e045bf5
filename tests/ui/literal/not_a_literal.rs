//! `cover!` takes only literals; `try_cover!` takes expressions.

use cover_api::cover;

fn main() {
    let title = "Night Drive";
    let _ = cover! {
        mode: Custom<Vocal>,
        upload_url: concat!("https://", "a.example"),
        call_back_url: _,
        model: cover_api::Model::V4,
        prompt: "La la la",
        style: "Smooth jazz trio",
        title: title,
    };
}
