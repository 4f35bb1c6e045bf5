//! The arguments. Those of an operation come from its spec.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command, ValueHint, value_parser};

use cover_api::runtime::Credits;
use cover_spec::rules::Decimal;

use crate::exit::Failure;
use crate::operation::{self, Catalog, Operation};

/// The commands that are not operations.
const OWN: [&str; 19] = [
    "send",
    "check",
    "wait",
    "status",
    "download",
    "resume",
    "list",
    "unknown",
    "resolve",
    "batch",
    "credits",
    "upload",
    "listen",
    "operations",
    "sandbox",
    "completions",
    "man",
    "setup",
    "help",
];

const LONG_ABOUT: &str = "From a song to its cover, in a terminal: uploads the song, sends the request, waits for the task and downloads \
    its files.\n\nEvery purchase has a key, and a key is paid once, however often the command runs. What was interrupted goes on with \
    `cover resume`.";

/// Finds `--spec` among the arguments, which decides what the other ones are.
pub(super) fn catalog(arguments: &[OsString]) -> Catalog {
    let mut arguments = arguments.iter().skip(1).map(|argument| argument.to_string_lossy());
    while let Some(argument) = arguments.next() {
        match argument.as_ref() {
            "--" => break,
            "--spec" => {
                return arguments.next().map_or(Catalog::Shipped, |path| Catalog::File(PathBuf::from(path.as_ref())));
            }
            argument => {
                if let Some(path) = argument.strip_prefix("--spec=") {
                    return Catalog::File(path.into());
                }
            }
        }
    }
    Catalog::Shipped
}

/// Returns the command. An operation has its flags only if the arguments name it, since reading all specs takes time.
pub(super) fn command(catalog: &Catalog, arguments: &[OsString]) -> Result<Command, Failure> {
    let named = |name: &String| arguments.iter().any(|argument| argument.to_str() == Some(name));
    build(catalog, named)
}

/// Returns the command with the flags of all operations.
pub(super) fn whole_command(catalog: &Catalog) -> Result<Command, Failure> {
    build(catalog, |_| true)
}

fn build(catalog: &Catalog, is_named: impl Fn(&String) -> bool) -> Result<Command, Failure> {
    let main = catalog.main()?;
    let mut operations = Vec::new();
    for name in catalog.names().iter().filter(|name| is_named(name) && !OWN.contains(&name.as_str())) {
        operations.push(catalog.named(name)?);
    }
    let purchase = |command: Command, operation: &Operation| purchase(operation::fields(command, operation));
    let song = if main.song_field().is_some() { " [SONG]" } else { "" };
    let about = main.spec.service.doc.value.clone();
    let mut root = purchase(Command::new("cover"), &main)
        .version(env!("CARGO_PKG_VERSION"))
        .about("From a song to its cover, in a terminal")
        .override_usage(format!("cover [OPTIONS]{song}\n       cover <COMMAND>"))
        .long_about(format!("{LONG_ABOUT}\n\n{about}"))
        .after_help(
            "`cover operations` lists what else the account can do. Each operation is a command with flags of its own.",
        )
        .args(global());
    for (name, about) in [
        ("send", "Uploads and sends, and does not wait for the task"),
        ("check", "Checks a request, and prints its body and price; sends nothing"),
    ] {
        let mut command = purchase(Command::new(name), &main).about(about);
        command = command.override_usage(format!("cover {name} [OPTIONS]{song}\n       cover {name} <OPERATION>"));
        for operation in &operations {
            command = command.subcommand(purchase(Command::new(operation.name.clone()), operation).hide(true));
        }
        root = root.subcommand(command);
    }
    let mut table = batch(Command::new("batch"), &main)
        .about("Buys what each row of a table says; run it again to go on")
        .after_help(BATCH)
        .subcommand_negates_reqs(true);
    for operation in &operations {
        let about = format!("The same for another operation: {}", operation.spec.service.doc.value);
        table = table.subcommand(batch(Command::new(operation.name.clone()), operation).about(about).hide(true));
    }
    root = root.subcommand(table).subcommands(own());
    for operation in &operations {
        let about = operation.spec.service.doc.value.clone();
        root = root.subcommand(purchase(Command::new(operation.name.clone()), operation).about(about).hide(true));
    }
    Ok(root)
}

/// The flags of all commands.
fn global() -> [Arg; 6] {
    let heading = "Options of all commands";
    let path = || value_parser!(PathBuf);
    [
        Arg::new("spec")
            .long("spec")
            .value_name("FILE")
            .value_parser(path())
            .help("Uses another spec than the shipped ones"),
        Arg::new("sandbox")
            .long("sandbox")
            .action(ArgAction::SetTrue)
            .help("Uses the service in miniature, without a key and for free"),
        Arg::new("ledger")
            .long("ledger")
            .value_name("PLACE")
            .help("File of the ledger, or `postgres://` address without a password [env: COVER_LEDGER, PGPASSWORD]"),
        Arg::new("key-file")
            .long("key-file")
            .value_name("FILE")
            .value_parser(path())
            .help("Reads the API key from a file"),
        Arg::new("key-command")
            .long("key-command")
            .value_name("COMMAND")
            .help("Reads the API key from the output of a command"),
        Arg::new("json")
            .long("json")
            .action(ArgAction::SetTrue)
            .help("Prints one event per line as JSON, and the result last"),
    ]
    .map(|arg| arg.global(true).help_heading(heading))
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

/// Refuses arguments of a command that stand before the name of another command, apart from those of all commands.
pub(super) fn check_place(matches: &ArgMatches) -> Result<(), Failure> {
    let Some((name, of_command)) = matches.subcommand() else { return Ok(()) };
    let global = global();
    let is_stray = |id: &&str| {
        matches.value_source(id) == Some(ValueSource::CommandLine) && !global.iter().any(|arg| arg.get_id() == *id)
    };
    match matches.ids().map(clap::Id::as_str).find(is_stray) {
        None => check_place(of_command),
        Some(id) => {
            let id = id.rsplit(' ').next().unwrap_or(id);
            Err(Failure::usage(format!("`{name}` is a command, and `{id}` is no argument for it before its name"))
                .hint(format!("write the arguments behind `{name}`; a file of this name is `./{name}`")))
        }
    }
}

/// Adds the options of a purchase.
fn purchase(command: Command) -> Command {
    command
        .args([
            Arg::new("key")
                .long("key")
                .value_name("KEY")
                .help("Idempotency key, such as an order number: one key is one purchase"),
            flag("again", "Buys another take of what the key has bought"),
        ])
        .args(request())
        .args(output())
        .arg(flag("force", "Replaces files that exist"))
}

/// The options of a request that are not fields.
fn request() -> [Arg; 3] {
    [
        Arg::new("mode").long("mode").value_name("MODE").help("Mode of the request, where the fields do not decide it"),
        Arg::new("body")
            .long("body")
            .value_name("JSON")
            .help("Fields as a JSON object, a file with one, or `-` for standard input"),
        timeout(),
    ]
}

/// What the help of `cover batch` says about tables.
const BATCH: &str = "\
The columns of FILE are names of flags or JSON names of fields, and key, song, mode, output and name. \
In CSV, an empty cell counts as left out, `@file` reads a text from a file, and a list is a JSON array. \
Flags give what a row leaves out. Paths are relative to the current folder.\n\n\
A row without a key gets one that is made of its song and its fields: change them, and it is another purchase. \
All rows are checked before the first is sent. Rows that were bought before cost nothing.";

/// Adds the table, and the options of a batch. Those of a purchase are for all rows.
fn batch(command: Command, operation: &Operation) -> Command {
    let path = || value_parser!(PathBuf);
    let file = Arg::new("file").value_name("FILE").required(true).value_parser(path()).value_hint(ValueHint::FilePath);
    let command = command.args([
        file.index(1).help("Table with a row for each purchase: CSV with a head, or one JSON object per line"),
        Arg::new("format")
            .long("format")
            .value_name("FORMAT")
            .value_parser(["csv", "jsonl"])
            .help("Format of the table [default: by its extension]"),
        Arg::new("report")
            .long("report")
            .value_name("FILE")
            .value_parser(path())
            .value_hint(ValueHint::FilePath)
            .help("Writes what became of each row, as .csv or .jsonl"),
        Arg::new("max-spend")
            .long("max-spend")
            .value_name("CREDITS")
            .value_parser(amount)
            .help("Sends nothing if the rows cost more than this, and never spends more"),
        flag("yes", "Buys without asking"),
    ]);
    operation::defaults(command, operation).args(request()).args(output())
}

fn amount(text: &str) -> Result<Credits, String> {
    let amount = Decimal::parse(text).and_then(Credits::exact);
    amount.ok_or_else(|| "give a number of credits, such as 240 or 0.5".to_owned())
}

fn timeout() -> Arg {
    let parse = |text: &str| -> Result<Duration, humantime::DurationError> { humantime::parse_duration(text) };
    Arg::new("timeout")
        .long("timeout")
        .value_name("TIME")
        .value_parser(parse)
        .help("Longest wait for the task, such as `10m`")
}

fn output() -> [Arg; 2] {
    [
        Arg::new("output")
            .long("output")
            .short('o')
            .value_name("FOLDER")
            .value_parser(value_parser!(PathBuf))
            .value_hint(ValueHint::DirPath)
            .help("Folder of the files [default: the current one]"),
        Arg::new("name").long("name").value_name("TEMPLATE").help(
            // clap takes `{n}` for a line break.
            "Template for the names of files, with words in braces: n, ext, key, task, result, and members of the result",
        ),
    ]
}

/// What the help of `cover listen` says about addresses.
const LISTEN: &str = "\
The command listens on 127.0.0.1. A proxy or a tunnel leads from the public https address there.\n\n\
Set COVER_CALLBACK_URL to the same address where you run `cover`. Each request then gives the service an address of its own \
beneath it, and waits end as soon as a callback is confirmed by a poll. Nobody can make such an address without the secret, \
which is kept in the configuration folder; other callbacks are refused. Both commands need the same ledger. \
If the service signs its callbacks, set COVER_CALLBACK_SIGNING_KEY to its signing key for both.\n\n\
Where callbacks are expected, polls are rare. So unset the variable if `cover listen` does not run: a task is then polled as usual.";

fn own() -> Vec<Command> {
    let which = || Arg::new("which").value_name("KEY|TASK").help("Key of a purchase, or id of a task");
    let of_operation = || {
        Arg::new("operation")
            .long("operation")
            .value_name("NAME")
            .help("Operation, where the key or the task does not tell it")
    };
    vec![
        Command::new("wait").about("Waits for a task, and downloads nothing").args([
            which().required(true),
            of_operation(),
            timeout(),
        ]),
        Command::new("status")
            .about("Asks once for the state of a task")
            .args([which().required(true), of_operation()]),
        Command::new("download")
            .about("Downloads the files of a task that is done")
            .args([which().required(true), of_operation()])
            .args(output())
            .arg(flag("force", "Replaces files that exist")),
        Command::new("resume")
            .about("Finishes everything that has a task: waits for it and downloads its files")
            .args([which(), timeout()]),
        Command::new("list").about("Lists what was sent from this machine"),
        Command::new("unknown").about("Lists purchases whose outcome is unknown"),
        Command::new("resolve")
            .about("Records what you found out about an unknown outcome")
            .args([
                which().required(true),
                of_operation(),
                Arg::new("task").long("task").value_name("ID").help("It became this task"),
                Arg::new("not-charged")
                    .long("not-charged")
                    .action(ArgAction::SetTrue)
                    .help("It was not charged, and may be sent again"),
            ])
            .group(ArgGroup::new("finding").args(["task", "not-charged"]).required(true)),
        Command::new("credits").about("Prints the credits that are left"),
        Command::new("upload")
            .about("Uploads a file and prints its address")
            .arg(Arg::new("file").value_name("FILE").required(true).value_hint(ValueHint::FilePath)),
        Command::new("listen")
            .about("Receives callbacks, which report stages earlier than polls do, and prints them")
            .after_help(LISTEN)
            .args([
                Arg::new("address")
                    .long("address")
                    .value_name("ADDRESS")
                    .help("Address at which the service reaches this command [env: COVER_CALLBACK_URL]"),
                Arg::new("port")
                    .long("port")
                    .value_name("PORT")
                    .value_parser(value_parser!(u16))
                    .help("Port on 127.0.0.1 [default: any that is free]"),
                Arg::new("forward")
                    .long("forward")
                    .value_name("ADDRESS")
                    .help("Sends each callback on to a program on this machine, with its headers and body"),
            ]),
        Command::new("operations").about("Lists what the account can do"),
        Command::new("sandbox").about("Serves the service in miniature on this machine").arg(
            Arg::new("port")
                .long("port")
                .value_name("PORT")
                .value_parser(value_parser!(u16))
                .help("Port [default: any that is free]"),
        ),
        Command::new("completions")
            .about("Prints completions for a shell")
            .arg(Arg::new("shell").required(true).value_parser(value_parser!(clap_complete::Shell))),
        Command::new("man")
            .about("Prints the manual page, or writes those of all commands into a folder")
            .arg(Arg::new("folder").value_name("FOLDER").value_parser(value_parser!(PathBuf))),
        Command::new("setup").about("Asks for the API key, checks it, and stores it for this user"),
    ]
}
