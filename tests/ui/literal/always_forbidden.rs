use cover_tests::curtain::curtain;

fn main() {
    let _ = curtain! { prompt: "La la la", mascot: "a cat" };
}
