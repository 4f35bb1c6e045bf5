//! Literals of the wrong type are errors.

use cover_api::cover;

fn main() {
    let _ = cover! {
        mode: Custom<Vocal>,
        upload_url: b"https://a.example",
        call_back_url: c"https://a.example",
        model: "V4",
        prompt: 'x',
        style: 5,
        title: true,
        style_weight: "0.65",
        audio_weight: 1u8,
        weirdness_constraint: 1e400,
        vocal_gender: _,
    };
}
