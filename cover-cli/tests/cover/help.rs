//! Help texts, completions and manual pages, which follow from the specs.

use crate::support::{Home, matches_snapshot, root};

const COMMANDS: [&str; 18] = [
    "batch",
    "check",
    "completions",
    "credits",
    "download",
    "list",
    "listen",
    "man",
    "operations",
    "resolve",
    "resume",
    "sandbox",
    "send",
    "setup",
    "status",
    "unknown",
    "upload",
    "wait",
];

/// Returns the names of the operations that are commands.
fn operations(home: &Home) -> Vec<String> {
    let events = home.cover(["operations", "--json"]).expect(0).events();
    let commands = events.iter().filter_map(|event| event["command"].as_str()?.strip_prefix("cover "));
    commands.map(str::to_owned).collect()
}

#[test]
fn help_of_the_command() {
    let home = Home::new();
    matches_snapshot(&home.cover(["--help"]).expect(0).out, "help/cover.txt");
    matches_snapshot(&home.cover(["-h"]).expect(0).out, "help/short.txt");
}

#[test]
fn help_of_every_command() {
    let home = Home::new();
    for command in COMMANDS {
        matches_snapshot(&home.cover([command, "--help"]).expect(0).out, &format!("help/cover-{command}.txt"));
    }
}

/// The command lists no other commands than those with a snapshot.
#[test]
fn every_command_has_a_snapshot() {
    let help = Home::new().cover(["-h"]).expect(0).out;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    for line in commands {
        let name = line.split_whitespace().next().unwrap_or_default();
        assert!(name == "help" || COMMANDS.contains(&name), "add `{name}` to COMMANDS");
    }
}

#[test]
fn help_of_every_operation() {
    let home = Home::new();
    let operations = operations(&home);
    assert!(operations.len() > 20, "{operations:?}");
    for name in operations {
        matches_snapshot(&home.cover([&*name, "--help"]).expect(0).out, &format!("help/operations/{name}.txt"));
        home.cover(["check", &name, "--help"]).expect(0);
        home.cover(["send", &name, "--help"]).expect(0);
    }
}

#[test]
fn the_list_of_operations() {
    matches_snapshot(&Home::new().cover(["operations"]).expect(0).out, "operations.txt");
}

#[test]
fn completions_of_a_small_spec() {
    let (home, spec) = (Home::new(), root().join("tests/specs/curtain.toml"));
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let said = home.cover(["completions", shell, "--spec", spec.to_str().expect("it is a text")]).expect(0);
        matches_snapshot(&said.out, &format!("completions/{shell}.txt"));
    }
}

#[test]
fn completions_know_every_operation_and_every_flag() {
    let home = Home::new();
    for shell in ["bash", "fish", "zsh"] {
        let said = home.cover(["completions", shell]).expect(0);
        for name in operations(&home) {
            assert!(said.out.contains(&name), "{shell}: {name}");
        }
        for flag in ["vocal-gender", "negative-tags", "key-command"] {
            assert!(said.out.contains(flag), "{shell}: {flag}");
        }
    }
}

#[test]
fn bash_can_read_its_completions() {
    let home = Home::new();
    home.write("completions", home.cover(["completions", "bash"]).expect(0).out);
    let checked = std::process::Command::new("bash").arg("-n").arg(home.work().join("completions")).status();
    assert!(checked.expect("there is a bash").success());
}

#[test]
fn the_manual_page_has_every_command_and_flag() {
    let home = Home::new();
    let page = home.cover(["man"]).expect(0).out.replace("\\-", "-");
    for word in COMMANDS.into_iter().chain(["--title", "--key-command", "EXIT STATUS", "COVER_API_KEY", "resume"]) {
        assert!(page.contains(word), "{word}");
    }
    home.cover(["man", "pages"]).expect(0);
    let pages = std::fs::read_dir(home.work().join("pages")).expect("it is there").count();
    assert!(pages > COMMANDS.len(), "{pages} pages");
}
