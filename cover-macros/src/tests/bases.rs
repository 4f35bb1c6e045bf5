//! Specs that build on other files.

use proc_macro2::{Span, TokenStream};
use syn::LitStr;

use crate::generate;
use crate::origin::Origin;
use crate::source::Source;

/// Returns a spec of the folder of test specs.
fn source(path: &str) -> Source {
    Source::of_crate(&LitStr::new(&format!("../tests/specs/{path}"), Span::call_site()))
}

#[test]
fn cargo_builds_again_when_any_file_of_a_chain_changes() {
    let tracked = source("choir/song.toml").tracked.to_string();
    assert_eq!(tracked.matches("include_bytes").count(), 3);
    for path in ["choir/song.toml", "shared/choir.toml", "shared/service.toml"] {
        assert!(tracked.contains(&format!("\"../tests/specs/{path}\"")), "{path} is not in {tracked}");
    }
}

#[test]
fn the_documentation_names_the_file_and_the_line_of_a_field() {
    let Ok(spec) = source("choir/song.toml").spec else { panic!("it has faults") };
    let origin = Origin { is_shipped: false, module: TokenStream::new() };
    let line = |path: &str, text: &str, start: &str| {
        format!("`../tests/specs/{path}`, line {}", 1 + text.lines().position(|line| line == start).expect("the line"))
    };
    let own = include_str!("../../../tests/specs/choir/song.toml");
    let documentation = generate::all(&spec, &origin).to_string();
    for start in ["[fields.text]", "[fields.voices]", "[fields.tempo]"] {
        let place = line("choir/song.toml", own, start);
        assert!(documentation.contains(&format!("Defined in {place}.")), "{place}");
    }
    let Ok(spec) = source("siblings/extend.toml").spec else { panic!("it has faults") };
    let shipped = cover_spec::SHIPPED.lines().position(|line| line == "[fields.callBackUrl]").expect("the line");
    let place = format!("Defined in `cover-spec/upload_cover.toml`, line {}.", shipped + 1);
    assert!(generate::all(&spec, &origin).to_string().contains(&place), "{place}");
}

#[test]
fn types_cannot_be_generated_from_a_spec_with_parts() {
    let Err(unusable) = source("shared/choir.toml").spec else { panic!("it is not a whole spec") };
    let errors = unusable.errors.to_string();
    let fault = "`../tests/specs/shared/choir.toml` is only a base for other specs, because it has `parts = true`";
    assert!(errors.contains("compile_error") && errors.contains(fault), "{errors}");
    assert!(unusable.partial.is_none());
}
