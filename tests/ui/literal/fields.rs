//! Missing, forbidden, unknown and repeated fields, and those that the mode sets, are all reported at once.

use cover_api::cover;

fn main() {
    let _ = cover! {
        mode: NonCustom,
        upload_url: "https://storage.example.com/song.mp3",
        upload_url: "https://storage.example.com/song.mp3",
        style: "Smooth jazz trio",
        promt: "A calm night drive",
        model: V9,
    };
    let _ = cover! {
        mode: Custom<Instrumental>,
        instrumental: false,
        upload_url: "https://storage.example.com/song.mp3",
        call_back_url: _,
        model: V5,
        style: "Smooth jazz trio",
        title: "Night Drive",
    };
}
