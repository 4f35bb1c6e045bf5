//! `videoUrls` must be left out in `Custom<Instrumental>` and `Custom<Vocal>`.

use cover_tests::sunoapi::generate_v6::GenerateV6Request;

fn main() {
    let _ = GenerateV6Request::custom_instrumental().video_urls(["https://storage.example.com/a.mp4"]);
    let _ = GenerateV6Request::custom_vocal().video_urls(["https://storage.example.com/a.mp4"]);
}
