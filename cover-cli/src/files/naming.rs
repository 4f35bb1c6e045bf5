//! The template for the names of files: that of the user, or that of the spec.

use cover_spec::Spec;

use super::outputs::{has_several_files, named_by, words_of};
use super::template::Template;
use crate::exit::Failure;

/// Returns the names that files get if the user chooses none: by the member that the spec says, or by the key.
pub(crate) fn default_template(spec: &Spec) -> Template {
    match named_by(spec) {
        Some(member) => Template::of_words(member, "n"),
        None if has_several_files(spec) => Template::of_words("key", "result"),
        None => Template::of_words("key", "n"),
    }
}

/// Checks that the results of a spec have every word of a template.
pub(crate) fn check_words(template: &Template, spec: &Spec) -> Result<(), Failure> {
    let members = words_of(spec);
    let unknown = template.unknown_words(&members);
    let Some(word) = unknown.first() else { return Ok(()) };
    let own = Template::OWN.iter().map(|word| (*word).to_owned());
    let known: Vec<String> = own.chain(members).map(|word| format!("{{{word}}}")).collect();
    Err(Failure::usage(format!("--name: there is no word {{{word}}}"))
        .hint(format!("the words are {}", known.join(", "))))
}

#[cfg(test)]
mod tests {
    use cover_spec::SHIPPED_SPECS;

    use super::*;

    fn shipped(name: &str) -> Spec {
        let path = SHIPPED_SPECS.iter().find(|path| path.ends_with(&format!("{name}.toml"))).expect("it is shipped");
        Spec::parse_shipped(path).expect("it has no faults")
    }

    #[test]
    fn the_default_names_follow_from_the_spec() {
        for (spec, template) in [
            ("upload_cover", "{title} {n}.{ext}"),
            ("recovery", "{title} {n}.{ext}"),
            ("stem", "{stemTypeGroupName} {n}.{ext}"),
            ("stems", "{key} {result}.{ext}"),
            ("wav", "{key} {n}.{ext}"),
            ("cover_images", "{key} {n}.{ext}"),
        ] {
            assert_eq!(default_template(&shipped(spec)).to_string(), template, "{spec}");
        }
    }

    #[test]
    fn a_word_that_the_results_lack_is_refused_with_those_that_they_have() {
        let check = |spec, template| check_words(&Template::parse(template).unwrap(), &shipped(spec));
        assert!(check("upload_cover", "{title}-{tags}-{result}-{task}-{key}-{n}.{ext}").is_ok());
        let failure = check("wav", "{titel}.{ext}").unwrap_err();
        assert_eq!(failure.message, "--name: there is no word {titel}");
        assert_eq!(failure.hint.as_deref(), Some("the words are {n}, {ext}, {key}, {task}, {result}"));
    }
}
