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

#[test]
fn the_first_name_that_two_specs_in_one_module_share_says_what_to_do() {
    let Some(syn::Item::Mod(first)) = super::small().items.into_iter().next() else { panic!("it is no module") };
    assert_eq!(first.ident, "each_call_of_api_needs_a_module_of_its_own");
}
