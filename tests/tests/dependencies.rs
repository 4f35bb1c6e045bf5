//! What the `cover` command is built from. A clean build takes long for two reasons: crates that compile much, and the number of all crates.

use std::collections::BTreeSet;
use std::error::Error;
use std::process::Command;

/// The number of crates that a build of the command may compile. `docs/performance.md` has the time that they take.
const MOST: usize = 215;

/// Crates that take long, and what serves instead.
const SLOW: [(&str, &str); 3] = [
    ("aws-lc-sys", "the cryptography of TLS is ring, which the command installs at its start"),
    ("openssl-sys", "TLS is rustls"),
    ("cover-macros", "the command reads specs at run time, so it needs no feature `typed` of cover-api"),
];

#[test]
fn the_command_is_built_from_few_crates_and_no_slow_ones() -> Result<(), Box<dyn Error>> {
    let crates = crates_of("cover-cli")?;
    for (name, instead) in SLOW {
        assert!(!crates.iter().any(|each| each.split(' ').next() == Some(name)), "{name} is among them: {instead}");
    }
    assert!(crates.len() <= MOST, "{} crates, at most {MOST}: {crates:#?}", crates.len());
    Ok(())
}

/// Returns the names and versions of everything that a build of a package compiles.
fn crates_of(package: &str) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "tree",
        "--locked",
        "--edges",
        "normal,build",
        "--prefix",
        "none",
        "--format",
        "{p}",
        "--package",
        package,
    ]);
    let output = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout)?;
    let crates = tree.lines().map(|line| line.trim_end_matches(" (*)").to_owned());
    Ok(crates.filter(|line| !line.is_empty()).collect())
}
