//! `cover list`, `cover unknown` and `cover resolve`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::ArgMatches;
use cover_api::runtime::{AnyService, Given, Resolution, UnknownPurchase};
use serde_json::{Value, json};

use crate::exit::{Exit, Failure};
use crate::runs::Run;
use crate::screen::{Screen, Table, age};
use crate::settings::{Options, Session};

pub(super) async fn list(options: &Options, screen: &Screen) -> Result<Exit, Failure> {
    let session = options.open(screen.clone()).await?;
    let mut table = Table::with_head(["KEY", "STATE", "TASK", "SONG", "SENT"]);
    let (unknown, unfinished) =
        (session.client.account().unknown().await?, session.client.account().unfinished().await?);
    let running: Vec<&str> = unfinished.iter().map(|task| task.handle.id()).collect();
    let runs = session.runs.all()?;
    let count = runs.len();
    for run in runs {
        let state = state(&session, &run, &unknown, &running).await?;
        let sent = since(&run);
        screen.event(&json!({
            "event": "run", "key": run.key, "operation": run.operation, "state": state, "task": run.task, "song": run.source,
            "folder": run.folder, "sent": run.started,
        }));
        table.row([run.key, state.to_owned(), run.task.unwrap_or_default(), run.source, format!("{} ago", age(sent))]);
    }
    screen.result(&table.to_string(), &json!({ "event": "result", "runs": count }));
    Ok(Exit::Done)
}

async fn state(
    session: &Session,
    run: &Run,
    unknown: &[UnknownPurchase],
    running: &[&str],
) -> Result<&'static str, Failure> {
    let is_its = |it: &UnknownPurchase| it.operation == run.operation && it.key.as_ref() == Some(&run.key);
    if unknown.iter().any(is_its) {
        return Ok("unknown");
    }
    let bought = session.client.account().find(&run.key).await?;
    let bought = bought.iter().find(|it| it.handle.operation() == run.operation);
    Ok(match bought {
        None if run.task.is_some() => "not in this ledger",
        None => "not sent",
        Some(_) if run.is_complete => "done",
        Some(it) if running.contains(&it.handle.id()) => "running",
        Some(_) => "ended",
    })
}

fn since(run: &Run) -> Duration {
    let started = UNIX_EPOCH + Duration::from_secs(run.started.unsigned_abs());
    SystemTime::now().duration_since(started).unwrap_or_default()
}

pub(super) async fn unknown(options: &Options, screen: &Screen) -> Result<Exit, Failure> {
    let session = options.open(screen.clone()).await?;
    let all = session.client.account().unknown().await?;
    let mut table = Table::with_head(["KEY", "SENT", "HINT", "EVIDENCE"]);
    for it in &all {
        let sent = it.sent.elapsed().unwrap_or_default();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        screen.event(&json!({
            "event": "unknown", "key": it.key, "operation": it.operation, "sent": seconds(it.sent), "hint": it.hint,
            "evidence": it.evidence,
        }));
        table.row([text(&it.key), format!("{} ago", age(sent)), text(&it.hint), text(&it.evidence)]);
    }
    let event = json!({ "event": "result", "unknown": all.len() });
    if all.is_empty() {
        screen.note("no outcome is unknown");
        screen.event(&event);
    } else {
        screen.result(&table.to_string(), &event);
    }
    Ok(Exit::Done)
}

fn seconds(time: SystemTime) -> Value {
    time.duration_since(UNIX_EPOCH).map_or(Value::Null, |time| Value::from(time.as_secs()))
}

pub(super) async fn resolve(options: &Options, screen: &Screen, matches: &ArgMatches) -> Result<Exit, Failure> {
    let session = options.open(screen.clone()).await?;
    let which = matches.get_one::<String>("which").expect("it is required");
    let unknown = session.client.account().unknown().await?;
    let named = matches.get_one::<String>("operation").map(|name| options.catalog.named(name)).transpose()?;
    let is_of = |it: &UnknownPurchase| named.as_ref().is_none_or(|named| it.operation == named.id());
    let mut its = unknown.into_iter().filter(|it| it.key.as_ref() == Some(which) && is_of(it));
    let (purchase, other) = (its.next(), its.next());
    let Some(purchase) = purchase else {
        let failure = Failure::usage(format!("{which}: no purchase with this key has an unknown outcome"));
        return Err(failure.hint("`cover unknown` lists them"));
    };
    if let Some(other) = other {
        let both = format!("`{}` and `{}`", purchase.operation, other.operation);
        let failure = Failure::usage(format!("{which}: purchases of {both} with this key have an unknown outcome"));
        return Err(failure.hint("name one with `--operation NAME`"));
    }
    let resolution = match matches.get_one::<String>("task") {
        Some(task) => Resolution::Task(task.clone()),
        None => Resolution::NotCharged,
    };
    let operation = session.catalog.with_id(&purchase.operation)?;
    let client: cover_api::runtime::Client<AnyService> = session.client_of(&operation)?;
    let resolved = client.resolve(&purchase, resolution).await?;
    let task = resolved.and_then(Given::task).map(|task| task.id().to_owned());
    if let Some(task) = &task {
        session.runs.set_task(&purchase.operation, which, task)?;
    }
    let next =
        if task.is_some() { format!("`cover resume {which}` waits for it") } else { "it may be sent again".to_owned() };
    session
        .screen
        .result(&format!("{which}: resolved; {next}"), &json!({ "event": "result", "key": which, "task": task }));
    Ok(Exit::Done)
}
