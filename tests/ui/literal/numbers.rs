//! A number of a choice is given by its name.

fn main() {
    let _ = cover_tests::sticker::sticker! {
        mode: Colored,
        isrc: "DE-A12-26-00001",
        width: Wider,
        sides: [0],
    };
}
