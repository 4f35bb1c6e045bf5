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

/// Returns the errors in the place of a spec.
fn errors(path: &str) -> String {
    let Err(unusable) = Source::of_crate(&LitStr::new(path, Span::call_site())).spec else {
        panic!("it has no faults")
    };
    unusable.errors.to_string()
}

#[test]
fn a_path_is_that_of_a_file_of_the_crate_or_of_a_shipped_spec() {
    let shipped = Source::of_crate(&LitStr::new("sunoapi/extend.toml", Span::call_site()));
    assert_eq!(shipped.spec.map(|spec| spec.request.name.value).ok().as_deref(), Some("ExtendRequest"));
    assert!(shipped.tracked.is_empty());
    let nowhere = errors("sunoapi/extnd.toml");
    let folder = env!("CARGO_MANIFEST_DIR");
    for part in [
        &format!("cannot read the spec `{folder}/sunoapi/extnd.toml`: "),
        "cover-spec ships no spec `sunoapi/extnd.toml` either; did you mean the shipped spec `sunoapi/extend.toml`?",
    ] {
        assert!(nowhere.contains(part), "{nowhere}");
    }
    for near in ["wav.toml", "sunoapi/wav", "cover-spec/sunoapi/wav.toml", "specs/wav.toml"] {
        let found = errors(near);
        assert!(found.contains("either; did you mean the shipped spec `sunoapi/wav.toml`?"), "{found}");
    }
    let lists = "cover-spec ships no spec `specs/song.toml` either; `cover_spec::SHIPPED_SPECS` lists its specs";
    assert!(errors("specs/song.toml").contains(lists));
    assert!(errors("sunoapi/base/music.toml").contains("is only a base for other specs"));
    assert!(errors("../tests").contains("cannot read the spec"));
}

#[test]
fn the_documentation_names_the_file_and_the_line_of_a_field() {
    let Ok(spec) = source("choir/song.toml").spec else { panic!("it has faults") };
    let origin = Origin { is_own: false, module: TokenStream::new() };
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
