//! `cover batch`: a purchase for each row of a table.

mod plan;
mod work;

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;

use clap::ArgMatches;
use cover_api::runtime::{Credits, SpendLimit};

use super::interrupt;
use crate::batch::{Checks, Defaults, Format, Item, Report, Rows};
use crate::exit::{Exit, Failure};
use crate::files::check_folder;
use crate::operation::{self, Operation, SONG};
use crate::purchase::Wanted;
use crate::screen::Screen;
use crate::settings::Options;
use plan::Plan;
use work::Work;

/// How often the number of checked rows is shown, in rows.
const SHOWN: usize = 50;

pub(super) async fn run(options: &Options, screen: &Screen, matches: &ArgMatches) -> Result<Exit, Failure> {
    let (operation, matches) = match matches.subcommand() {
        Some((name, matches)) => (options.catalog.named(name)?, matches),
        None => (options.catalog.main()?, matches),
    };
    let table = matches.get_one::<PathBuf>("file").expect("it is required");
    let report = matches.get_one::<PathBuf>("report").map(|path| Report::to(path, table)).transpose()?;
    let max_spend = matches.get_one::<Credits>("max-spend").copied();
    let items = checked(options, screen, &operation, matches).await?;
    let mut folders: Vec<_> = items.iter().map(|item| &item.order.wanted.folder).collect();
    folders.sort_unstable();
    folders.dedup();
    folders.into_iter().try_for_each(|folder| check_folder(folder))?;

    let limited = |builder: cover_api::runtime::ClientBuilder<_>| match max_spend {
        Some(most) => builder.spend_limit(SpendLimit::per_process(most)),
        None => builder,
    };
    let session = options.open_with(screen.without_notes(), limited).await?;
    let plan = Plan::of(&session, &operation, &items).await?;
    if let Some(most) = max_spend {
        plan.check_price(most)?;
    }
    let asks = !options.uses_sandbox && !matches.get_flag("yes");
    confirm(screen, &plan, asks)?;

    let work = Work::start(&session, &operation, &items, report)?;
    let done = interrupt::until(&session, work.run(items)).await;
    let exit = work.finish()?;
    done.map(|()| exit)
}

/// Reads the table and checks every row.
async fn checked(
    options: &Options,
    screen: &Screen,
    operation: &Operation,
    matches: &ArgMatches,
) -> Result<Vec<Item>, Failure> {
    let path = matches.get_one::<PathBuf>("file").expect("it is required");
    let named = matches.get_one::<String>("format").and_then(|name| Format::named(name));
    let format = named.or_else(|| Format::of(path)).ok_or_else(|| {
        Failure::usage(format!("{}: the name ends neither in .csv nor in .jsonl", path.display()))
            .hint("say what it is: `--format csv` or `--format jsonl`")
    })?;
    let song = operation.upload_field().and_then(|_| matches.get_one::<String>(SONG)).cloned();
    let wanted = Wanted { callback: options.callback.clone(), asks_credits: false, ..Wanted::of(matches)? };
    let defaults = Defaults { song, body: operation::body(operation, matches)?, wanted };
    let rows = Rows::open(path, format)?;
    let mut checks = Checks::start(operation, &defaults, rows.head())?;
    let line = screen.line(&path.to_string_lossy());
    for (count, row) in rows.enumerate() {
        checks.add(row).await;
        if count.is_multiple_of(SHOWN) {
            line.say(format!("{} rows checked", checks.len()));
        }
    }
    drop(line);
    checks.finish()
}

/// Shows the price of the whole and asks whether to buy. Nothing is asked if there is nothing to pay.
fn confirm(screen: &Screen, plan: &Plan, asks: bool) -> Result<(), Failure> {
    let words = plan.in_words();
    screen.note(&format!("  {words}"));
    screen.event(&plan.event());
    if !plan.costs() || !asks {
        return Ok(());
    }
    if screen.is_json() || !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        let failure = Failure::usage(format!("{words}; nobody can be asked whether to buy"));
        return Err(failure.hint("add `--yes`, and `--max-spend CREDITS` for a limit"));
    }
    write!(anstream::stderr(), "  Buy? [y/N] ").ok();
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(|error| Failure::usage(error.to_string()))?;
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::usage("nothing was bought")),
    }
}
