//! A literal that does not match its pattern is an error.

fn main() {
    let _ = cover_tests::sticker::sticker! {
        mode: Colored,
        isrc: "de-A12-26-00001",
        tags: ["jazz", "late night"],
    };
}
