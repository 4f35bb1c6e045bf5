//! `try_cover!` also checks literals, against the loosest limit if the model is not a literal.

use cover_api::try_cover;

fn main() {
    let model = cover_api::Model::V4;
    let _ = try_cover! {
        mode: NonCustom,
        upload_url: format!("https://{}", "a.example"),
        call_back_url: "a.example",
        model: model,
        prompt: "",
        title: "Night Drive",
    };
}
