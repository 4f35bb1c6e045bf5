//! `vocalGender` must be left out in `Own<Instrumental>` and `Source`.

use cover_tests::sunoapi::extend::{ExtendRequest, VocalGender};

fn main() {
    let _ = ExtendRequest::own_instrumental().vocal_gender(VocalGender::Female);
    let _ = ExtendRequest::source().vocal_gender(VocalGender::Female);
}
