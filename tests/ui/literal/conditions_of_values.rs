//! Conditions of `true` and `false` are checked for literals.

fn main() {
    let request = cover_tests::stage::song! {
        mode: Stage,
        hall: "Cellar",
        voice: Bass,
        encore: true,
        repeats: [false, true],
    };
}
