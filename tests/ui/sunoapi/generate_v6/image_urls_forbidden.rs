//! `imageUrls` must be left out in `Custom<Instrumental>` and `Custom<Vocal>`.

use cover_tests::sunoapi::generate_v6::GenerateV6Request;

fn main() {
    let _ = GenerateV6Request::custom_instrumental().image_urls(["https://storage.example.com/a.png"]);
    let _ = GenerateV6Request::custom_vocal().image_urls(["https://storage.example.com/a.png"]);
}
