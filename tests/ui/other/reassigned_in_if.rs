//! A variable cannot hold a builder with one more field; `maybe_style_weight` takes the `Option`.

use cover_api::CoverRequest;

fn main() {
    let weight: Option<f64> = None;
    let mut builder = CoverRequest::custom_vocal();
    if let Some(weight) = weight {
        builder = builder.style_weight(weight);
    }
    let _ = builder;
}
