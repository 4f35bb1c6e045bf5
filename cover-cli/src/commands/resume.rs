//! `cover resume`: everything that has a task is waited for, and its files are downloaded.

use std::time::Duration;

use clap::ArgMatches;
use cover_api::runtime::{AccountTask, Became};
use futures_util::{StreamExt, stream};
use serde_json::json;

use super::interrupt;
use crate::exit::{Exit, Failure};
use crate::files::{Template, default_template};
use crate::purchase::{Delivery, deliver, follow, how_to_resolve, keep_distance};
use crate::runs::Run;
use crate::screen::Screen;
use crate::settings::{Options, Session};

/// Number of tasks that are followed at the same time. The rate limit spreads their polls.
const TOGETHER: usize = 64;

/// A task to finish.
struct Unfinished {
    bought: AccountTask,
    run: Option<Run>,
}

pub(super) async fn run(options: &Options, screen: &Screen, matches: &ArgMatches) -> Result<Exit, Failure> {
    let session = options.open(screen.clone()).await?;
    let timeout = matches.get_one::<Duration>("timeout").copied();
    let which = matches.get_one::<String>("which");
    interrupt::until(&session, async {
        let mut unfinished = unfinished(&session).await?;
        if let Some(which) = which {
            unfinished.retain(|task| task.bought.key.as_ref() == Some(which) || task.bought.handle.id() == which);
            if unfinished.is_empty() {
                unfinished = named(&session, which).await?;
            }
        }
        if unfinished.is_empty() {
            session.screen.note("nothing is unfinished");
        }
        let ends = stream::iter(&unfinished).map(|task| finish(&session, task, timeout)).buffer_unordered(TOGETHER);
        let ends: Vec<Result<(), Failure>> = ends.collect().await;
        let failures: Vec<Failure> = ends.into_iter().filter_map(Result::err).collect();
        for failure in &failures {
            session.screen.failure(failure);
        }
        session.screen.event(&json!({ "event": "result", "tasks": unfinished.len(), "failed": failures.len() }));
        Ok(worst(failures.iter().map(|failure| failure.exit)))
    })
    .await
}

/// Returns what another machine has finished under a key, whose files are not here. Refuses what has no task: a key that bought nothing, or
/// whose outcome is unknown.
async fn named(session: &Session, which: &String) -> Result<Vec<Unfinished>, Failure> {
    let account = session.client.account();
    if account.unknown().await?.iter().any(|it| it.key.as_ref() == Some(which)) {
        let failure =
            Failure::new(Exit::Unknown, format!("{which}: the outcome is unknown, and it may have been charged"));
        return Err(failure.hint(how_to_resolve(which)));
    }
    let is_here = |run: &Run| run.task.as_ref() == Some(which) || run.key == *which;
    let bought = account.find(which).await?;
    if session.runs.all()?.iter().any(is_here) && (!bought.is_empty() || session.runs.key_of(which)?.is_some()) {
        return Ok(Vec::new());
    }
    if !bought.is_empty() {
        let tasks = bought.into_iter().filter(|bought| bought.became == Became::Task);
        return Ok(tasks.map(|bought| Unfinished { bought, run: None }).collect());
    }
    let failure = Failure::usage(format!("{which}: the ledger has neither a purchase with this key nor this task"));
    Err(failure
        .hint("`cover list` lists what was sent from this machine; `cover download ID` fetches the files of any task"))
}

/// Returns the exit code of several purchases: 5, 4, 1, 3 or 0, in this order.
pub(super) fn worst(exits: impl Iterator<Item = Exit>) -> Exit {
    let order = [Exit::Unknown, Exit::Unfinished, Exit::Failed, Exit::Refused, Exit::Usage];
    let exits: Vec<Exit> = exits.collect();
    order.into_iter().find(|exit| exits.contains(exit)).unwrap_or(Exit::Done)
}

/// Returns the tasks that have not ended, and those whose files are not on disk.
async fn unfinished(session: &Session) -> Result<Vec<Unfinished>, Failure> {
    let account = session.client.account();
    let runs = session.runs.all()?;
    let mut found: Vec<Unfinished> = Vec::new();
    for bought in account.unfinished().await?.into_iter().filter(|bought| bought.became == Became::Task) {
        let is_its = |run: &&Run| run.operation == bought.handle.operation() && Some(&run.key) == bought.key.as_ref();
        let run = runs.iter().find(is_its).cloned();
        found.push(Unfinished { bought, run });
    }
    for run in runs.into_iter().filter(|run| !run.is_complete) {
        let is_known = |known: &Unfinished| {
            known.run.as_ref().is_some_and(|known| known.key == run.key && known.operation == run.operation)
        };
        if found.iter().any(is_known) {
            continue;
        }
        let bought = account.find(&run.key).await?.into_iter();
        let its =
            bought.filter(|bought| bought.became == Became::Task).find(|it| it.handle.operation() == run.operation);
        found.extend(its.map(|bought| Unfinished { bought, run: Some(run) }));
    }
    Ok(found)
}

async fn finish(session: &Session, unfinished: &Unfinished, timeout: Option<Duration>) -> Result<(), Failure> {
    let Unfinished { bought, run } = unfinished;
    let operation = session.catalog.with_id(bought.handle.operation())?;
    let task = session.client_of(&operation)?.resume(bought.handle.clone());
    let key = bought.key.clone().unwrap_or_else(|| task.id().to_owned());
    keep_distance(&operation).await;
    let snapshot = follow(session, &operation, &task, &key, timeout).await.inspect_err(|failure| {
        if failure.exit == Exit::Failed
            && let Some(run) = run
        {
            session.runs.set_complete(&run.operation, &run.key).ok();
        }
    })?;
    let here = std::path::absolute(".").map_err(|error| Failure::usage(error.to_string()))?;
    let (folder, template) = match run {
        Some(run) => {
            (run.folder.clone(), Template::parse(&run.template).unwrap_or_else(|_| default_template(&operation.spec)))
        }
        None => (here, default_template(&operation.spec)),
    };
    let delivery = Delivery { key: &key, task: task.id(), folder: &folder, template: &template, force: false };
    deliver(session, &operation, &snapshot.values, &delivery).await?;
    Ok(())
}
