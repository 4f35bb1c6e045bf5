//! The pages and tables of the shipped operations are those that their specs give.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cover_spec::{SHIPPED_SPECS, Spec, markdown_table};

const README: &str = include_str!("../../README.md");
const GUIDE: &str = include_str!("../../cover-api/src/guide/operations.md");
const FOLDER: &str = "../docs/operations";

/// The command that writes the pages.
const COMMAND: &str = "run `just pages`";

fn specs() -> Vec<(&'static str, Spec)> {
    let spec = |path| Spec::parse_shipped(path).unwrap_or_else(|faults| panic!("{faults}"));
    SHIPPED_SPECS.iter().map(|path| (*path, spec(path))).collect()
}

/// Returns the name of a spec's file, such as `wav` of `sunoapi/wav.toml`.
fn stem(path: &str) -> &str {
    Path::new(path).file_stem().and_then(|stem| stem.to_str()).expect("a name")
}

/// Returns the table of all operations, whose rows begin with these texts.
fn table(name: impl Fn(&str) -> String) -> String {
    let specs = specs();
    markdown_table(specs.iter().map(|(path, spec)| (name(path), spec)))
}

#[test]
fn every_operation_has_a_fresh_page() -> std::io::Result<()> {
    let read = |name: &str| fs::read_to_string(Path::new(FOLDER).join(name));
    let mut names = BTreeSet::from(["README.md".to_owned()]);
    for (path, spec) in specs() {
        let name = format!("{}.md", stem(path));
        assert!(read(&name)? == spec.markdown(), "{name} is not the page of {path}: {COMMAND}");
        names.insert(name);
    }
    let found = fs::read_dir(FOLDER)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    assert_eq!(found.collect::<std::io::Result<BTreeSet<String>>>()?, names);
    let index = format!("# Operations\n\n{}", table(|path| format!("[{0}]({0}.md)", stem(path))));
    assert!(read("README.md")? == index, "the index is not fresh: {COMMAND}");
    Ok(())
}

#[test]
fn readme_and_guide_list_every_operation() {
    // The registry shows the README, and would resolve relative links from another folder.
    let expected = table(|path| format!("`{path}`"));
    for (name, page) in [("README", README), ("guide", GUIDE)] {
        assert!(page.contains(&expected), "the table of the {name} should be\n{expected}");
    }
}
