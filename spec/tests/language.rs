//! LANGUAGE.md documents every key, and its examples have no faults.

use std::collections::BTreeSet;

use complete::completed;
use cover_spec::Spec;

#[path = "rules/complete.rs"]
mod complete;

const LANGUAGE: &str = include_str!("../LANGUAGE.md");

fn examples() -> Vec<&'static str> {
    LANGUAGE.split("\n```toml\n").skip(1).filter_map(|part| part.split("\n```").next()).collect()
}

#[test]
fn every_example_is_a_spec_without_faults() {
    let examples = examples();
    assert!(examples.len() >= 8, "{}", examples.len());
    for example in examples {
        if let Err(faults) = Spec::parse("LANGUAGE.md", &completed(example)) {
            panic!("{faults}\n\nin\n{example}");
        }
    }
}

/// Returns the keys that are known in every table with `zzzzzz = 0`, as listed in the faults.
fn known(text: &str) -> BTreeSet<String> {
    let faults = Spec::parse("spec.toml", text).expect_err("unknown keys");
    let about = faults.iter().filter(|fault| fault.message().contains("unknown key `zzzzzz`"));
    about.flat_map(|fault| fault.label().split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

/// Some keys have the name of a table, so they must be in this section.
#[test]
fn the_section_of_submit_and_poll_has_all_their_keys() {
    let text = completed("[poll]\nzzzzzz = 0\n").replace("[submit]", "[submit]\nzzzzzz = 0");
    let keys = known(&text);
    assert!(keys.contains("task") && keys.contains("request"), "{keys:?}");
    let rows = LANGUAGE.split("## `[submit]` and `[poll]`").nth(1).and_then(|part| part.split("\n## ").next());
    let rows = rows.unwrap_or_default();
    let missing: Vec<&String> = keys.iter().filter(|key| !rows.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "the section lacks {missing:?}");
}

#[test]
fn every_key_is_documented() {
    const ODD: &str = "zzzzzz = 0";
    let mut keys = known(&format!("{ODD}\n{}", completed("")));
    for example in examples() {
        let text = completed(example);
        // An unknown key in every table, also in inline tables.
        let headed: Vec<String> = text
            .lines()
            .map(|line| {
                let names_entries = ["[fields]", "[classes]", "[codes]", ".values]", "stages]", "[failures]"];
                let opens = line.starts_with('[') && !names_entries.iter().any(|end| line.ends_with(end));
                let line = line.replace(" }", &format!(", {ODD} }}"));
                if opens { format!("{line}\n{ODD}") } else { line }
            })
            .collect();
        keys.extend(known(&headed.join("\n")));
    }
    assert!(keys.len() > 80, "{}: {keys:?}", keys.len());
    let missing: Vec<&String> = keys.iter().filter(|key| !is_documented(key)).collect();
    assert!(missing.is_empty(), "LANGUAGE.md lacks {missing:?}");
}

fn is_documented(key: &str) -> bool {
    [format!("`{key}`"), format!("`[{key}]`"), format!("`[[{key}]]`"), format!("`[{key}.")]
        .iter()
        .any(|it| LANGUAGE.contains(it))
}
