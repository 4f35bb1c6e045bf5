//! Each rule of LANGUAGE.md has a test with its sentence as a name, and each test here has a rule.

mod addresses;
mod answers;
mod bases;
mod callbacks;
mod cancels;
mod choices;
mod complete;
mod conditions;
mod contradictions;
mod direct;
mod disputed;
mod failures;
mod fields;
mod general;
mod helper;
mod limits;
mod members;
mod modes;
mod names;
mod objects;
mod patterns;
mod presence;
mod prices;
mod references;
mod request;
mod results;
mod sending;
mod service;
mod several;
mod uploads;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const LANGUAGE: &str = include_str!("../../LANGUAGE.md");

/// Returns the sentences of the lists under each line `**Rules**`.
fn sentences() -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    for part in LANGUAGE.split("\n**Rules**\n").skip(1) {
        let in_list = |line: &&str| line.is_empty() || line.starts_with("- ") || line.starts_with("  ");
        for line in part.lines().take_while(in_list).filter(|line| !line.is_empty()) {
            match (line.strip_prefix("- "), sentences.last_mut()) {
                (None, Some(sentence)) => *sentence = format!("{sentence} {}", line.trim()),
                (rule, _) => sentences.push(rule.unwrap_or(line).to_owned()),
            }
        }
    }
    sentences
}

/// Returns the name of the test for a sentence.
fn test_name(sentence: &str) -> String {
    let words = sentence.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("_")
}

/// Returns the names of the tests in the files of a folder.
fn tests_in(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder exists") {
        let path = entry.expect("the entry is readable").path();
        if path.is_dir() {
            names.extend(tests_in(&path));
        } else if path.extension().is_some_and(|it| it == "rs") && !path.ends_with("rules/main.rs") {
            let text = fs::read_to_string(&path).expect("the file is readable");
            let functions = text.split("#[test]\n").skip(1).filter_map(|it| it.split_once("fn ")?.1.split_once('('));
            names.extend(functions.map(|(name, _)| name.to_owned()));
        }
    }
    names
}

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn every_sentence_is_a_rule_of_its_own() {
    let sentences = sentences();
    assert!(sentences.len() > 100, "{}", sentences.len());
    let mut names = BTreeSet::new();
    for sentence in sentences {
        assert!(sentence.ends_with('.'), "{sentence}");
        assert!(names.insert(test_name(&sentence)), "{sentence}");
    }
}

#[test]
fn every_rule_has_a_test() {
    let mut tests = tests_in(&folder("tests/rules"));
    // Some rules are about generated code.
    tests.extend(tests_in(&folder("../cover-api/tests")));
    tests.extend(tests_in(&folder("../tests/tests")));
    let lacks_test = |sentence: &String| !tests.contains(&test_name(sentence));
    let missing: Vec<String> = sentences().into_iter().filter(lacks_test).collect();
    assert_eq!(missing, [""; 0], "rules without a test");
}

#[test]
fn every_test_has_a_rule() {
    let rules: Vec<String> = sentences().iter().map(|sentence| test_name(sentence)).collect();
    let tests = tests_in(&folder("tests/rules"));
    let unknown: Vec<String> = tests.into_iter().filter(|test| !rules.contains(test)).collect();
    assert_eq!(unknown, [""; 0], "tests without a rule");
}
