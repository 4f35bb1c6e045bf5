//! `cover-spec`: the command that checks, compares and exports specs.

mod check;
mod diff;
mod drift;
mod explain;
mod export;
mod files;
mod new;
mod trial;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use check::Form;
use files::Failure;

/// The output of a command, and whether it found nothing to report.
struct Outcome {
    text: String,
    fine: bool,
}

fn main() -> ExitCode {
    let matches = command().get_matches();
    let printed = run(&matches).and_then(|Outcome { text, fine }| files::print(&text).map(|()| fine));
    match printed {
        Ok(fine) => ExitCode::from(u8::from(!fine)),
        Err(failure) => {
            // If standard error is closed, only the exit status is left.
            let _ = writeln!(io::stderr(), "{failure}");
            ExitCode::from(2)
        }
    }
}

fn command() -> Command {
    let file = |name: &'static str, help: &'static str| Arg::new(name).required(true).help(help);
    Command::new("cover-spec")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Checks, compares and exports specs of asynchronous HTTP APIs")
        .after_help(
            "A FILE of - is standard input. A path of a shipped spec, such as sunoapi/extend.toml, is that spec, unless \
             there is a file of this path.\n\n\
             Exit status: 0 for success; 1 if `check` finds a fault, `drift` a difference, `diff` a change that \
             `--fail-on` names, or `try` something that is not understood; 2 if the command failed.",
        )
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
                )
                .arg(
                    Arg::new("explain")
                        .long("explain")
                        .action(ArgAction::SetTrue)
                        .conflicts_with("format")
                        .help("List everything that specs take from their bases, and modes that are not searched for contradictions"),
                ),
        )
        .subcommand(
            Command::new("diff")
                .about("Lists the changes between two specs, their effect on callers, and the next version")
                .arg(file("OLD", "The old spec"))
                .arg(file("NEW", "The new spec"))
                .arg(
                    Arg::new("fail-on")
                        .long("fail-on")
                        .value_name("CHANGES")
                        .value_parser(PossibleValuesParser::new(diff::FAIL_ON))
                        .default_value(diff::FAIL_ON[0])
                        .help("The changes that give exit status 1"),
                ),
        )
        .subcommand(
            Command::new("export")
                .about("Prints a spec in another format, or writes several into a folder")
                .arg(file("FILE", "The spec, or with --folder one or more").num_args(1..))
                .arg(
                    Arg::new("to")
                        .long("to")
                        .required(true)
                        .value_parser(PossibleValuesParser::new(export::FORMATS.map(|(name, _)| name)))
                        .help("The format"),
                )
                .arg(
                    Arg::new("folder")
                        .long("folder")
                        .help("The folder for a file of each spec, and for an index of Markdown pages; existing files are replaced"),
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
            Command::new("try")
                .about("Reads an answer of the service as the runtime would, and lists what it does not understand")
                .arg(file("FILE", "The spec"))
                .arg(file("ANSWER", "The body of an answer or of a callback"))
                .arg(
                    Arg::new("as")
                        .long("as")
                        .value_name("KIND")
                        .value_parser(PossibleValuesParser::new(trial::KINDS.map(|(name, _)| name)))
                        .help("What it is: an answer to the POST, to a poll or to a cancel, or a callback; by default what fits, but never a cancel's"),
                )
                .arg(
                    Arg::new("http-status")
                        .long("http-status")
                        .value_name("NUMBER")
                        .value_parser(value_parser!(u16).range(100..=599))
                        .default_value("200")
                        .help("The HTTP status of the answer, which counts if the body has no code"),
                ),
        )
        .subcommand(Command::new("new").about("Writes a commented spec as a starting point").arg(file(
            "FILE",
            "The file to create, with its folders; an existing file is not overwritten, and - is standard output",
        )))
}

fn run(matches: &ArgMatches) -> Result<Outcome, Failure> {
    match matches.subcommand() {
        Some(("check", matches)) => {
            let files = texts(matches, "FILE");
            let form = match text(matches, "format") {
                "json" => Form::Json,
                _ if matches.get_flag("explain") => Form::Explained,
                _ => Form::Words,
            };
            check::check(&files, form)
        }
        Some(("diff", matches)) => diff::diff(text(matches, "OLD"), text(matches, "NEW"), text(matches, "fail-on")),
        Some(("export", matches)) => {
            let files = texts(matches, "FILE");
            let folder = matches.get_one::<String>("folder");
            match (&files[..], folder) {
                (files, Some(folder)) => export::write(files, text(matches, "to"), folder),
                ([file], None) => export::print(file, text(matches, "to")),
                _ => Err(Failure::NeedsFolder),
            }
        }
        Some(("drift", matches)) => drift::drift(text(matches, "FILE"), text(matches, "openapi")),
        Some(("try", matches)) => {
            let kind = matches.get_one::<String>("as").map(String::as_str);
            let http_status = *matches.get_one("http-status").expect("the argument has a default");
            trial::trial(text(matches, "FILE"), text(matches, "ANSWER"), kind, http_status)
        }
        Some(("new", matches)) => new::new(text(matches, "FILE")),
        _ => Ok(Outcome { text: command().render_help().to_string(), fine: false }),
    }
}

fn texts<'a>(matches: &'a ArgMatches, name: &str) -> Vec<&'a str> {
    matches.get_many::<String>(name).into_iter().flatten().map(String::as_str).collect()
}

fn text<'a>(matches: &'a ArgMatches, name: &str) -> &'a str {
    matches.get_one::<String>(name).expect("the argument is required or has a default")
}
