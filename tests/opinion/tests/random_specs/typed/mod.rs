//! The typed builder gives the same verdict as `from_json`: in one crate that is built, and in one that must not compile.

mod rust;

use std::error::Error;
use std::fmt::Write;

use fastrand::Rng;
use serde_json::Value;

use crate::bodies;
use crate::drawing::Draft;
use crate::meaning::{Spec, evaluate_with};
use crate::stranger::Crate;
use crate::verdicts::drawn;
use rust::Outcome;

/// Number of specs.
const SPECS: u64 = 12;

/// Number of bodies of each spec and outcome.
const BODIES: usize = 5;

/// Number of bodies that are drawn for a spec.
const DRAWN: usize = 400;

/// Functions of a program, and what is expected of each.
#[derive(Default)]
struct Program {
    functions: Vec<String>,
    about: Vec<String>,
}

impl Program {
    fn add(&mut self, function: String, about: String) {
        self.functions.push(function);
        self.about.push(about);
    }
}

#[test]
fn the_typed_builder_agrees_with_from_json() -> Result<(), Box<dyn Error>> {
    let folder = Crate::new("random_specs")?;
    let manifest = std::fs::read_to_string(folder.root.join("Cargo.toml"))?;
    folder.write("Cargo.toml", &manifest.replace("\"sandbox\"", "\"pattern\""))?;
    let (mut modules, mut built, mut refused) = (String::new(), Program::default(), Program::default());
    for seed in 0..SPECS {
        let mut rng = Rng::with_seed(1_000 + seed);
        let (draft, _, _) = drawn(&mut rng);
        folder.write(&format!("specs/{seed}.toml"), &draft.text())?;
        writeln!(modules, "pub mod m{seed} {{ cover_api::api!(\"specs/{seed}.toml\", in crate::m{seed}); }}")?;
        add_bodies(&draft, &format!("m{seed}"), &mut rng, &mut built, &mut refused);
    }
    folder.write("src/lib.rs", &modules)?;
    folder.write("src/bin/built.rs", &built_program(&built))?;
    folder.write("src/bin/refused.rs", &refused_program(&refused))?;
    check_built(&folder, &built)?;
    check_refused(&folder, &refused)
}

/// Adds bodies of a spec to both programs.
fn add_bodies(draft: &Draft, module: &str, rng: &mut Rng, built: &mut Program, refused: &mut Program) {
    let text = draft.text();
    let spec = Spec::read(&text);
    let mut outcomes = Vec::new();
    for _ in 0..DRAWN {
        let likes = bodies::likes(&spec, rng);
        let body = bodies::draw(&spec, &likes, rng);
        let broken = evaluate_with(&spec, &body, &likes);
        let outcome = rust::outcome(&broken);
        if outcomes.iter().filter(|it| **it == outcome).count() == BODIES {
            continue;
        }
        let module = format!("stranger::{module}");
        let written = body.to_string();
        let read = match rust::options(draft, &spec, &likes, &module) {
            None => format!("{module}::WorkRequest::from_json({written:?})"),
            Some(options) => format!("{module}::WorkRequest::from_json_with({written:?}, &{options})"),
        };
        let expression = match outcome {
            // No program can say the body, but `from_json` can read it.
            None => Some(read.clone()),
            Some(_) => rust::builder(draft, &spec, &body, &likes, &module),
        };
        let Some(expression) = expression else { continue };
        outcomes.push(outcome);
        let about = format!("{module}: {body}\n{expression}\nLANGUAGE.md: {broken:?}\n{text}");
        if outcome == Some(Outcome::DoesNotCompile) {
            refused.add(format!("pub fn f{}() {{ let _ = {expression}; }}", refused.about.len()), about);
        } else {
            let number = built.about.len();
            built.add(format!("fn f{number}() {{ say!({number}, {expression}, {read}); }}"), about);
        }
    }
}

fn built_program(program: &Program) -> String {
    const HEAD: &str = r#"
macro_rules! say {
    ($number:literal, $built:expr, $read:expr) => {
        let (built, read) = ($built, $read);
        let same = match (&built, &read) {
            (Ok(built), Ok(read)) => serde_json::to_string(built).unwrap() == serde_json::to_string(read).unwrap(),
            (built, read) => built.is_ok() == read.is_ok(),
        };
        println!("{} {} {same}", $number, built.is_ok());
    };
}
"#;
    let calls: Vec<String> = (0..program.about.len()).map(|number| format!("    f{number}();")).collect();
    format!("{HEAD}\n{}\n\nfn main() {{\n{}\n}}\n", program.functions.join("\n"), calls.join("\n"))
}

fn refused_program(program: &Program) -> String {
    format!("{}\nfn main() {{}}\n", program.functions.join("\n"))
}

/// Runs the program that builds requests. It says for each if it was built, and if `from_json` agrees.
fn check_built(folder: &Crate, program: &Program) -> Result<(), Box<dyn Error>> {
    let output = folder.cargo(&["run", "--bin", "built"])?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout)?;
    let accepted = said.lines().filter(|line| line.contains(" true ")).count();
    println!("{accepted} of {} built requests are accepted", program.about.len());
    assert_eq!(said.lines().count(), program.about.len());
    assert!(accepted * 5 > program.about.len() && accepted * 2 < program.about.len());
    for (line, about) in said.lines().zip(&program.about) {
        let expected = format!("{} true", about.contains("LANGUAGE.md: []\n"));
        assert!(line.ends_with(&expected), "{line} but expected {expected}: {about}");
    }
    Ok(())
}

/// Checks that no function of the program compiles. Each has a line of its own.
fn check_refused(folder: &Crate, program: &Program) -> Result<(), Box<dyn Error>> {
    let output = folder.cargo(&["build", "--bin", "refused", "--message-format=json"])?;
    assert!(!output.status.success());
    let messages = String::from_utf8(output.stdout)?;
    let mut lines = Vec::new();
    for message in messages.lines() {
        let message: Value = serde_json::from_str(message)?;
        let spans = message["message"]["spans"].as_array().into_iter().flatten();
        let is_error = message["message"]["level"] == "error";
        lines.extend(
            spans.filter(|span| is_error && span["is_primary"] == true).filter_map(|span| span["line_start"].as_u64()),
        );
    }
    println!("{} requests do not compile", program.about.len());
    assert!(program.about.len() > 20);
    for (line, about) in (1..).zip(&program.about) {
        assert!(lines.contains(&line), "it compiles: {about}");
    }
    Ok(())
}
