use cover_tests::curtain::CurtainRequest;

fn main() {
    let _ = CurtainRequest::builder().prompt("La la la").mascot("a cat");
}
