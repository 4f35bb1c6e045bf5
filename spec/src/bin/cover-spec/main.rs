//! `cover-spec`: the command that checks, compares and exports specs.

mod check;
mod drift;
mod files;
mod new;

use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};
use cover_spec::diff::Changes;

use files::Failure;

/// The output of a command, and whether it found nothing to report.
struct Outcome {
    text: String,
    fine: bool,
}

fn main() -> ExitCode {
    let matches = command().get_matches();
    match run(&matches) {
        Ok(Outcome { text, fine }) => {
            files::print(&text);
            ExitCode::from(u8::from(!fine))
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(2)
        }
    }
}

fn command() -> Command {
    let file = |name: &'static str, help: &'static str| Arg::new(name).required(true).help(help);
    Command::new("cover-spec")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Checks, compares and exports specs of asynchronous HTTP APIs")
        .after_help("Exit status: 0 for success, 1 if faults or differences were found, 2 if the command failed.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("check")
                .about("Checks specs and reports every fault")
                .arg(file("FILE", "Specs to check").num_args(1..))
                .arg(
                    Arg::new("format")
                        .long("format")
                        .value_parser(PossibleValuesParser::new(["text", "json"]))
                        .default_value("text")
                        .help("Output format of the faults"),
                ),
        )
        .subcommand(
            Command::new("diff")
                .about("Lists the changes between two specs, their effect on callers, and the next version")
                .arg(file("OLD", "The old spec"))
                .arg(file("NEW", "The new spec")),
        )
        .subcommand(
            Command::new("export").about("Prints a spec in another format").arg(file("FILE", "The spec")).arg(
                Arg::new("to")
                    .long("to")
                    .required(true)
                    .value_parser(PossibleValuesParser::new(["json-schema", "openapi", "markdown"]))
                    .help("The format"),
            ),
        )
        .subcommand(
            Command::new("drift")
                .about("Compares a spec with the service's own OpenAPI document")
                .arg(file("FILE", "The spec"))
                .arg(
                    Arg::new("openapi")
                        .long("openapi")
                        .required(true)
                        .value_name("DOCUMENT")
                        .help("An OpenAPI document of version 3.0 or 3.1, in JSON or YAML"),
                ),
        )
        .subcommand(
            Command::new("new")
                .about("Writes a commented spec as a starting point")
                .arg(file("FILE", "The file to create; an existing file is not overwritten")),
        )
}

fn run(matches: &ArgMatches) -> Result<Outcome, Failure> {
    match matches.subcommand() {
        Some(("check", matches)) => {
            let files: Vec<&str> =
                matches.get_many::<String>("FILE").into_iter().flatten().map(String::as_str).collect();
            check::check(&files, text(matches, "format") == "json")
        }
        Some(("diff", matches)) => {
            let (old, new) = (files::spec(text(matches, "OLD"))?, files::spec(text(matches, "NEW"))?);
            let changes = Changes::between(&old, &new);
            Ok(Outcome { text: changes.to_string(), fine: true })
        }
        Some(("export", matches)) => {
            let spec = files::spec(text(matches, "FILE"))?;
            let text = match text(matches, "to") {
                "json-schema" => files::pretty(&spec.json_schema()),
                "openapi" => files::pretty(&spec.openapi()),
                _ => spec.markdown(),
            };
            Ok(Outcome { text, fine: true })
        }
        Some(("drift", matches)) => drift::drift(text(matches, "FILE"), text(matches, "openapi")),
        Some(("new", matches)) => new::new(text(matches, "FILE")),
        _ => Ok(Outcome { text: command().render_help().to_string(), fine: false }),
    }
}

fn text<'a>(matches: &'a ArgMatches, name: &str) -> &'a str {
    matches.get_one::<String>(name).expect("the argument is required or has a default")
}
