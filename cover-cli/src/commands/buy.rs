//! `cover SONG`, `cover OPERATION`, `cover send` and `cover check`.

use clap::ArgMatches;
use cover_api::runtime::Given;
use serde_json::{Map, Value, json};

use super::interrupt;
use crate::exit::{Exit, Failure};
use crate::files::check_folder;
use crate::operation::{self, Operation, SONG};
use crate::purchase::{Bought, Delivery, Order, Song, Wanted, buy, checker, deliver, follow, keep_distance};
use crate::screen::{self, Screen};
use crate::settings::{Options, Session};

/// How far a purchase goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// Its request keeps every rule.
    Checked,
    /// It has a task.
    Task,
    /// Its files are on disk.
    Files,
}

/// Runs a command that takes the name of an operation, or none for the main one.
pub(super) async fn run_nested(
    options: &Options,
    screen: &Screen,
    matches: &ArgMatches,
    until: Until,
) -> Result<Exit, Failure> {
    match matches.subcommand() {
        Some((name, matches)) => run(options, screen, &options.catalog.named(name)?, matches, until).await,
        None => run(options, screen, &options.catalog.main()?, matches, until).await,
    }
}

pub(super) async fn run(
    options: &Options,
    screen: &Screen,
    operation: &Operation,
    matches: &ArgMatches,
    until: Until,
) -> Result<Exit, Failure> {
    let wanted = Wanted { callback: options.callback.clone(), ..Wanted::of(matches)? };
    let given = operation::body(operation, matches)?;
    let song = song(operation, matches, &given)?;
    // A broken rule is reported before anything else is needed.
    let client = checker(operation)?;
    let mut order = Order::check(&client, operation, song, &given, wanted)?;
    order.check_song(&client, operation).await?;
    if until == Until::Checked {
        print_order(screen, operation, &order);
        return Ok(Exit::Done);
    }
    if until == Until::Files {
        check_folder(&order.wanted.folder)?;
    }
    let session = options.open(screen.clone()).await?;
    interrupt::until(&session, purchase(&session, operation, &mut order, until)).await
}

/// Returns the song among the arguments.
fn song(operation: &Operation, matches: &ArgMatches, body: &Map<String, Value>) -> Result<Option<Song>, Failure> {
    let Some(field) = operation.upload_field() else { return Ok(None) };
    let given = matches.get_one::<String>(SONG);
    match given {
        Some(given) => Song::read(given).map(Some),
        None if body.contains_key(field) || !operation.needs_song() => Ok(None),
        None => Err(Failure::usage("SONG is missing: give a file or an address")
            .hint("`cover song.mp3 …`; `cover --help` lists what else it takes")),
    }
}

async fn purchase(session: &Session, operation: &Operation, order: &mut Order, until: Until) -> Result<Exit, Failure> {
    let suggested = order.suggested.iter().map(|(name, value)| format!("{name} {value} (suggested), "));
    let suggested: String = suggested.collect();
    session.screen.note(&format!("  {suggested}key {}", order.key));
    let bought = buy(session, operation, order, || {}).await?;
    match &bought.sent {
        Given::Answer(answer) => {
            let results = &answer.values;
            deliver(session, operation, results, &Delivery::of(order, "")).await?;
            print_results(session, order, None, results);
            Ok(Exit::Done)
        }
        Given::Task(task) if until == Until::Task => {
            session.screen.result(task.id(), &json!({ "event": "result", "key": order.key, "task": task.id() }));
            Ok(Exit::Done)
        }
        Given::Task(_) => finish(session, operation, order, &bought).await,
    }
}

/// Waits for the task and downloads its files.
async fn finish(session: &Session, operation: &Operation, order: &Order, bought: &Bought) -> Result<Exit, Failure> {
    let task = bought.task().expect("only tasks are waited for");
    if !bought.was_posted {
        keep_distance(operation).await;
    }
    let snapshot = match follow(session, operation, task, &order.key, order.wanted.timeout).await {
        Ok(snapshot) => snapshot,
        Err(failure) => {
            if failure.exit == Exit::Unfinished && !session.screen.is_json() {
                session.screen.print(task.id());
            }
            return Err(failure);
        }
    };
    let results = &snapshot.values;
    deliver(session, operation, results, &Delivery::of(order, task.id())).await?;
    print_results(session, order, Some(task.id()), results);
    Ok(Exit::Done)
}

/// Prints the results as an event, or for people those that do not become files.
fn print_results(session: &Session, order: &Order, task: Option<&str>, results: &Map<String, Value>) {
    session.screen.event(&json!({ "event": "result", "key": order.key, "task": task, "results": results }));
}

fn print_order(screen: &Screen, operation: &Operation, order: &Order) {
    let price = order.price.map(screen::credits);
    let body = Value::Object(order.body.clone());
    let event = json!({
        "event": "result", "operation": operation.id(), "mode": order.mode, "key": order.key,
        "cost": order.price.map(screen::number), "body": body,
    });
    let mode = order.mode.as_ref().map(|mode| format!("mode  {mode}\n")).unwrap_or_default();
    let price = price.map(|price| format!("price about {price}\n")).unwrap_or_default();
    let body = serde_json::to_string_pretty(&body).unwrap_or_default();
    screen.result(&format!("{mode}{price}key   {}\n{body}", order.key), &event);
}
