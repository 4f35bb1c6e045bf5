//! A mode with `forbidden = "others"` has no setter for a field that it does not list.

use cover_tests::stage::SongRequest;

fn main() {
    let request = SongRequest::studio().tempo(60).hall("Cellar").build();
}
