//! Compares the expansion of two specs with the checked-in text, so that a change of the generator shows in its diff.
//!
//! `UPDATE_EXPECT=1 cargo test -p cover-macros` writes the files anew.

use expect_test::expect_file;

#[test]
fn shipped_spec() {
    expect_file!["../../snapshots/shipped.rs"].assert_eq(&prettyplease::unparse(&super::shipped()));
}

#[test]
fn small_spec() {
    expect_file!["../../snapshots/small.rs"].assert_eq(&prettyplease::unparse(&super::small()));
}
