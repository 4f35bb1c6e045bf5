//! The commands, one file for each.

mod account;
mod batch;
mod buy;
mod cli;
mod interrupt;
mod ledger;
mod listen;
mod man;
mod resume;
mod setup;
mod task;
mod tools;

use std::process::ExitCode;

use clap::ArgMatches;

use crate::exit::{Exit, Failure};
use crate::operation::Catalog;
use crate::screen::Screen;
use crate::settings::Options;

/// Reads the arguments, runs the command and returns its exit code.
pub(crate) fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    let catalog = cli::catalog(&arguments);
    let matches = match cli::command(&catalog, &arguments) {
        Ok(command) => command.try_get_matches_from(&arguments),
        Err(failure) => {
            Screen::new(false).failure(&failure);
            return failure.exit.into();
        }
    };
    match matches {
        Ok(matches) => run(catalog, &matches),
        Err(error) => {
            let is_help = !error.use_stderr();
            error.print().ok();
            if is_help { Exit::Done.into() } else { Exit::Usage.into() }
        }
    }
}

fn run(catalog: Catalog, matches: &ArgMatches) -> ExitCode {
    let options = Options::of(catalog, matches);
    let screen = Screen::new(options.json);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(dispatch(&options, &screen, matches)),
        Err(error) => Err(Failure::new(Exit::Refused, format!("no thread can be started: {error}"))),
    };
    match done {
        Ok(Exit::Done) if screen.has_lost_results() => Exit::Unfinished.into(),
        Ok(exit) => exit.into(),
        Err(failure) => {
            screen.failure(&failure);
            failure.exit.into()
        }
    }
}

async fn dispatch(options: &Options, screen: &Screen, matches: &ArgMatches) -> Result<Exit, Failure> {
    cli::check_place(matches)?;
    let Some((name, of_command)) = matches.subcommand() else {
        return buy::run(options, screen, &options.catalog.main()?, matches, buy::Until::Files).await;
    };
    match name {
        "send" => Box::pin(buy::run_nested(options, screen, of_command, buy::Until::Task)).await,
        "check" => Box::pin(buy::run_nested(options, screen, of_command, buy::Until::Checked)).await,
        "batch" => Box::pin(batch::run(options, screen, of_command)).await,
        "listen" => listen::run(options, screen, of_command).await,
        "wait" => task::wait(options, screen, of_command).await,
        "status" => task::status(options, screen, of_command).await,
        "download" => task::download(options, screen, of_command).await,
        "resume" => resume::run(options, screen, of_command).await,
        "list" => ledger::list(options, screen).await,
        "unknown" => ledger::unknown(options, screen).await,
        "resolve" => ledger::resolve(options, screen, of_command).await,
        "credits" => account::credits(options, screen).await,
        "upload" => account::upload(options, screen, of_command).await,
        "operations" => account::operations(options, screen),
        "sandbox" => tools::sandbox(options, screen, of_command).await,
        "completions" => tools::completions(options, of_command),
        "man" => man::run(options, of_command),
        "setup" => setup::run(options, screen).await,
        operation => {
            let operation = options.catalog.named(operation)?;
            buy::run(options, screen, &operation, of_command, buy::Until::Files).await
        }
    }
}
