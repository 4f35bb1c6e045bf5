//! Rules over several fields and conditions on other fields are checked for literals.

fn main() {
    let request = cover_tests::clip::clip! {
        mode: Text<Short>,
        version: 4,
        model: Swift2,
        prompt: "A cat",
        tags: ["a", "bcdefg"],
        words: ["c", "d", "e", "f"],
        persona: "x",
        start: 10,
        end: 12,
        seed: 1.5,
    };
}
