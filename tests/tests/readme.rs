//! The README shows what really happens: its programs compile as pasted, and its outputs are the programs' own.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const README: &str = include_str!("../../README.md");

/// The spec that `cover-spec new` writes.
const NEW_SPEC: &str = include_str!("../../spec/src/bin/cover-spec/start.toml");

/// Returns the blocks of the README that begin with this fence.
fn blocks(fence: &str) -> Vec<String> {
    let start = format!("\n```{fence}\n");
    README.split(&start).skip(1).map(|part| part.split("\n```").next().unwrap_or_default().to_owned()).collect()
}

fn block(containing: &str) -> String {
    let found = blocks("text").into_iter().find(|block| block.contains(containing));
    found.unwrap_or_else(|| panic!("no block with {containing}"))
}

/// Replaces ports and temporary files, which differ from run to run.
fn masked(output: &str) -> String {
    let mut shown = String::new();
    for line in output.trim().lines() {
        let line = line.split("saved ").next().unwrap_or_default().to_owned()
            + if line.contains("saved") { "saved" } else { "" };
        let (before, after) = line.split_once("127.0.0.1:").unwrap_or((&line, ""));
        shown += before;
        shown += after.trim_start_matches(|c: char| c.is_ascii_digit());
        shown += "\n";
    }
    shown
}

#[test]
fn the_quickstart_prints_what_the_readme_shows_and_saves_audio_that_plays() -> Result<(), Box<dyn Error>> {
    let mut cargo = Command::new(env!("CARGO"));
    let cargo = cargo.args(["run", "--quiet", "--example", "quickstart"]).current_dir("..").env_remove("COVER_API_KEY");
    let output = cargo.output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout)?;
    assert_eq!(masked(&said), masked(&block("using a sandbox")));
    let file = said.lines().find_map(|line| line.strip_prefix("saved ")).ok_or("nothing saved")?;
    let audio = std::fs::read(file)?;
    std::fs::remove_file(file)?;
    assert!(audio.starts_with(b"RIFF") && audio.len() > 10_000);
    Ok(())
}

#[test]
fn with_a_key_the_quickstart_refuses_to_spend_credits_on_a_placeholder() -> Result<(), Box<dyn Error>> {
    let mut cargo = Command::new(env!("CARGO"));
    let cargo = cargo.args(["run", "--quiet", "--example", "quickstart"]).current_dir("..").env("COVER_API_KEY", "key");
    let output = cargo.output()?;
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr)?;
    assert!(said.contains("Pass the address of a song"), "{said}");
    Ok(())
}

#[test]
fn the_stages_come_by_callbacks_as_the_readme_shows() -> Result<(), Box<dyn Error>> {
    let mut cargo = Command::new(env!("CARGO"));
    let output = cargo.args(["run", "--quiet", "--example", "callbacks"]).current_dir("..").output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(masked(&String::from_utf8(output.stdout)?), masked(&block("callbacks come to")));
    Ok(())
}

#[test]
fn the_compile_error_is_the_compilers() {
    let program = include_str!("../ui/other/readme.rs");
    assert!(README.contains(program.trim()), "the program is not in the README");
    let error = include_str!("../ui/other/readme.stderr");
    assert!(error.starts_with(&block("`style` was never given")), "the README shows another error than {error}");
}

#[test]
fn the_fault_of_a_spec_is_the_checkers() {
    let faulty =
        cover_spec::SHIPPED.replacen("[\"Custom<Vocal>\", \"NonCustom\"]", "[\"Custm<Vocal>\", \"NonCustom\"]", 1);
    let faults = cover_spec::Spec::parse(cover_spec::SHIPPED_PATH, &faulty).expect_err("a fault");
    assert_eq!(faults.to_string(), block("unknown mode"));
}

#[test]
fn the_violation_is_the_checkers() {
    use cover_api::{CoverRequest, Model};
    let builder = CoverRequest::custom_vocal().upload_url("https://a.example").without_callback().model(Model::V4);
    let violations = builder.prompt("a").style("b").title("c".repeat(81)).build().expect_err("too long");
    assert!(README.contains(&format!("`{violations}`")), "{violations}");
}

#[test]
fn the_change_is_the_comparisons() -> Result<(), Box<dyn Error>> {
    let parse = |text: &str| cover_spec::Spec::parse(cover_spec::SHIPPED_PATH, text);
    let shorter = cover_spec::SHIPPED.replace("max_length = 100 }", "max_length = 80 }");
    let changes = cover_spec::diff::Changes::between(&parse(cover_spec::SHIPPED)?, &parse(&shorter)?);
    assert_eq!(changes.to_string().trim_end(), block("the next version is"));
    Ok(())
}

/// A crate in a folder of its own, with exactly the dependencies that the README tells its readers to add.
struct FreshCrate {
    root: PathBuf,
}

impl FreshCrate {
    fn new() -> Result<Self, Box<dyn Error>> {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no workspace")?;
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join("src/bin"))?;
        let mut manifest =
            String::from("[package]\nname = \"fresh\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n");
        for (name, features) in added() {
            let from = match name {
                "cover-api" => format!("path = '{}'", workspace.join("cover-api").display()),
                _ => "version = \"*\"".to_owned(),
            };
            let features: Vec<_> = features.iter().collect();
            writeln!(manifest, "{name} = {{ {from}, features = {features:?} }}")?;
        }
        fs::write(root.join("Cargo.toml"), manifest)?;
        // The versions of the workspace, which are downloaded already.
        fs::copy(workspace.join("Cargo.lock"), root.join("Cargo.lock"))?;
        fs::create_dir_all(root.join("specs"))?;
        fs::write(root.join("specs/speech.toml"), NEW_SPEC)?;
        Ok(Self { root })
    }

    fn check(&self, program: &str) -> std::io::Result<Output> {
        // The target folder of the workspace, where the C libraries are built already.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap_or(&self.root);
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["check", "--quiet", "--bin", program]).current_dir(&self.root).env("CARGO_TARGET_DIR", target);
        cargo.env("CARGO_TERM_COLOR", "never").output()
    }
}

/// Returns each crate of the README's `cargo add` lines, with its features.
fn added() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut added = BTreeMap::<_, BTreeSet<_>>::new();
    for line in README.lines().filter_map(|line| line.strip_prefix("cargo add ")) {
        let (name, features) = line.split_once(" --features ").unwrap_or((line, ""));
        added.entry(name).or_default().extend(features.split(',').filter(|feature| !feature.is_empty()));
    }
    added
}

#[test]
fn every_program_compiles_as_pasted_in_a_fresh_crate() -> Result<(), Box<dyn Error>> {
    let fresh = FreshCrate::new()?;
    let programs = blocks("rust");
    assert_eq!(programs.len(), 6, "the programs of the README");
    for (number, program) in programs.iter().enumerate() {
        fs::write(fresh.root.join(format!("src/bin/program_{number}.rs")), program)?;
    }
    fs::write(fresh.root.join("src/bin/refused.rs"), &blocks("rust,compile_fail")[0])?;

    for (number, program) in programs.iter().enumerate() {
        let output = fresh.check(&format!("program_{number}"))?;
        assert!(output.status.success(), "{program}\n{}", String::from_utf8_lossy(&output.stderr));
    }
    let output = fresh.check("refused")?;
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr)?;
    let error = block("`style` was never given");
    // Cover-api is a path dependency here, so that its own warnings may stand before the error.
    assert!(said.lines().any(|line| Some(line) == error.lines().next()), "{said}");
    Ok(())
}

/// The registry shows these pages, and would resolve relative links from another folder.
#[test]
fn every_link_of_a_published_readme_is_absolute() {
    const OTHERS: [&str; 2] = [include_str!("../../spec/README.md"), include_str!("../../cover-macros/README.md")];
    let targets = [README].into_iter().chain(OTHERS).flat_map(str::lines).flat_map(link_targets);
    assert!(targets.clone().count() > 6, "the links were not found");
    for target in targets {
        assert!(target.starts_with("https://"), "{target}");
    }
}

#[test]
fn every_relative_link_of_the_documents_leads_to_a_file() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no workspace")?;
    let listed = Command::new("git").args(["ls-files", "-z", "*.md"]).current_dir(root).output()?;
    assert!(listed.status.success(), "git lists the documents");
    for name in String::from_utf8(listed.stdout)?.split_terminator('\0') {
        let document = root.join(name);
        // A removed document stays in the list until the removal is staged.
        let Ok(text) = fs::read_to_string(&document) else { continue };
        for target in text.lines().flat_map(link_targets) {
            let path = target.split('#').next().unwrap_or_default();
            let is_relative = !path.is_empty() && !path.contains("::") && !path.contains(':');
            let file = document.parent().unwrap_or(root).join(path);
            assert!(!is_relative || file.exists(), "{name} links to {target}");
        }
    }
    Ok(())
}

/// Files are moved more often than documents are read.
#[test]
fn every_path_that_the_documents_name_exists() -> Result<(), Box<dyn Error>> {
    const FOLDERS: [&str; 8] = ["spec/", "cover-macros/", "cover-api/", "tests/", "docs/", "fuzz/", ".ci/", ".github/"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no workspace")?;
    for document in
        ["ARCHITECTURE.md", "CONTRIBUTING.md", "docs/decisions.md", "docs/performance.md", "docs/verification.md"]
    {
        let text = fs::read_to_string(root.join(document))?;
        for quoted in text.lines().flat_map(|line| line.split('`').skip(1).step_by(2)) {
            let is_path = FOLDERS.iter().any(|folder| quoted.starts_with(folder)) && !quoted.contains("NAME");
            let path = quoted.split(' ').next().unwrap_or_default();
            assert!(!is_path || root.join(path).exists(), "{document} names `{quoted}`");
        }
    }
    Ok(())
}

/// Returns where the links of a line of Markdown lead: `[text](target)` and `[name]: target`.
fn link_targets(line: &str) -> impl Iterator<Item = &str> + Clone {
    let inline = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let defined = line.starts_with('[').then(|| line.split_once("]: ")).flatten().map(|(_, target)| target);
    inline.chain(defined)
}
