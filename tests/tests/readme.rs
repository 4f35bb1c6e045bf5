//! What the README shows is what happens.

use std::error::Error;
use std::process::Command;

const README: &str = include_str!("../../README.md");

/// The blocks of the README that begin with this fence.
fn blocks(fence: &str) -> Vec<String> {
    let start = format!("\n```{fence}\n");
    README.split(&start).skip(1).map(|part| part.split("\n```").next().unwrap_or_default().to_owned()).collect()
}

fn block(containing: &str) -> String {
    let found = blocks("text").into_iter().find(|block| block.contains(containing));
    found.unwrap_or_else(|| panic!("no block with {containing}"))
}

/// Ports and temporary files differ from run to run.
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
