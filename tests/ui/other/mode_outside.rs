//! No mode can be defined outside of the spec.

use cover_api::Mode;

fn main() {
    struct Mine;
    impl Mode for Mine {
        const INDEX: usize = 0;
        const NAME: &'static str = "Mine";
    }
}
