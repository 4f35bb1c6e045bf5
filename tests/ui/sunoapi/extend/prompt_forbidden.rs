//! `prompt` must be left out in `Own<Instrumental>` and `Source`.

use cover_tests::sunoapi::extend::ExtendRequest;

fn main() {
    let _ = ExtendRequest::own_instrumental().prompt("Rain on the window");
    let _ = ExtendRequest::source().prompt("Rain on the window");
}
