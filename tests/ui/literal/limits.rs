//! A broken limit is an error at its literal, with the actual value, the limit, the model and the mode.

use cover_api::cover;

fn main() {
    let _ = cover! {
        mode: Custom<Vocal>,
        upload_url: "storage.example.com/song.mp3",
        call_back_url: _,
        model: V4,
        prompt: "",
        style: "Smooth jazz trio",
        title: "A title of 81 characters, which is one more than the model allows, as you may see",
        style_weight: 0.655,
        audio_weight: -0.01,
        weirdness_constraint: 1.5,
    };
}
