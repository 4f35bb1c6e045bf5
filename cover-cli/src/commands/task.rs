//! `cover wait`, `cover status` and `cover download`.

use std::path::PathBuf;
use std::time::Duration;

use clap::ArgMatches;
use cover_api::runtime::{AnyService, Became, Snapshot, Task, Update};
use serde_json::json;

use super::interrupt;
use crate::exit::{Exit, Failure};
use crate::files::{Template, check_words, default_template};
use crate::operation::Operation;
use crate::purchase::{Delivery, deliver, follow, keep_distance};
use crate::runs::Run;
use crate::screen::Screen;
use crate::settings::{Options, Session};

/// How long one question about a task may take, with the time in the queue of the rate limit.
const PATIENCE: Duration = Duration::from_secs(60);

/// A task that an argument names.
pub(super) struct Found {
    pub(super) operation: Operation,
    pub(super) task: Task<AnyService>,
    pub(super) key: Option<String>,
    /// Whether the ledger or this machine knows the task, and not only the user.
    is_known: bool,
}

/// Finds the task of a key, or else takes the text as the id of a task.
async fn find(session: &Session, matches: &ArgMatches) -> Result<Found, Failure> {
    let which = matches.get_one::<String>("which").expect("it is required");
    let named = matches.get_one::<String>("operation");
    let wanted = named.map(|name| session.catalog.named(name)).transpose()?;
    let mut bought = session.client.account().find(which).await?;
    bought.retain(|it| wanted.as_ref().is_none_or(|wanted| wanted.id() == it.handle.operation()));
    if bought.len() > 1 {
        let failure =
            Failure::usage(format!("{which}: {} operations have bought something with this key", bought.len()));
        return Err(failure.hint("say which one is meant: `--operation NAME`, or give the id of the task"));
    }
    if let Some(bought) = bought.pop() {
        let operation = session.catalog.with_id(bought.handle.operation())?;
        let task = session.client_of(&operation)?.resume(bought.handle);
        keep_distance(&operation).await;
        return Ok(Found { operation, task, key: bought.key, is_known: true });
    }
    // A task that another machine has just created may not be visible at the service yet.
    let unfinished = session.client.account().unfinished().await?;
    if let Some(bought) = unfinished.into_iter().find(|it| it.became == Became::Task && it.handle.id() == which) {
        let operation = session.catalog.with_id(bought.handle.operation())?;
        let task = session.client_of(&operation)?.resume(bought.handle);
        keep_distance(&operation).await;
        return Ok(Found { operation, task, key: bought.key, is_known: true });
    }
    let known = session.runs.all()?.into_iter().find(|run| run.task.as_ref() == Some(which));
    let operation = match (wanted, &known) {
        (Some(operation), _) => operation,
        (None, Some(run)) => session.catalog.with_id(&run.operation)?,
        (None, None) => session.catalog.main()?,
    };
    let handle = json!({ "service": operation.id(), "task": which });
    let handle = serde_json::from_value(handle).map_err(|error| Failure::usage(format!("{which}: {error}")))?;
    let task = session.client_of(&operation)?.resume(handle);
    keep_distance(&operation).await;
    Ok(Found { operation, task, is_known: known.is_some(), key: known.map(|run| run.key) })
}

pub(super) async fn wait(options: &Options, screen: &Screen, matches: &ArgMatches) -> Result<Exit, Failure> {
    let session = options.open(screen.clone()).await?;
    let timeout = matches.get_one::<Duration>("timeout").copied();
    interrupt::until(&session, async {
        let found = Box::pin(find(&session, matches)).await?;
        if !found.is_known {
            check_exists(&found.task).await?;
        }
        let Found { operation, task, key, .. } = found;
        let name = key.as_deref().unwrap_or(task.id()).to_owned();
        let snapshot = follow(&session, &operation, &task, &name, timeout).await?;
        let event = json!({ "event": "result", "key": key, "task": task.id(), "status": snapshot.status, "results": snapshot.values });
        session.screen.result(&snapshot.status, &event);
        Ok(Exit::Done)
    })
    .await
}

pub(super) async fn status(options: &Options, screen: &Screen, matches: &ArgMatches) -> Result<Exit, Failure> {
    let session = options.open(screen.clone()).await?;
    let found = Box::pin(find(&session, matches)).await?;
    let snapshot = Box::pin(ask(&found)).await?;
    let Found { task, key, .. } = found;
    let event = json!({
        "event": "result", "key": key, "task": task.id(), "status": snapshot.status, "message": snapshot.error_message,
        "results": snapshot.values,
    });
    let message = snapshot.error_message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
    session.screen.result(&format!("{}{message}", snapshot.status), &event);
    Ok(match snapshot.is_failed() {
        true => Exit::Failed,
        false if snapshot.is_done() => Exit::Done,
        false => Exit::Unfinished,
    })
}

pub(super) async fn download(options: &Options, screen: &Screen, matches: &ArgMatches) -> Result<Exit, Failure> {
    let session = options.open(screen.clone()).await?;
    interrupt::until(&session, async {
        let found = Box::pin(find(&session, matches)).await?;
        let snapshot = Box::pin(ask(&found)).await?;
        let Found { operation, task, key, .. } = found;
        if snapshot.is_failed() {
            return Err(Failure::new(Exit::Failed, format!("task {} has failed: {}", task.id(), snapshot.status)));
        }
        if !snapshot.is_done() {
            let failure = Failure::new(Exit::Unfinished, format!("task {} still runs: {}", task.id(), snapshot.status));
            return Err(failure.hint(format!("`cover wait {}` waits for it", task.id())));
        }
        let key = key.unwrap_or_else(|| task.id().to_owned());
        let (folder, template) = place(&session, &operation, &key, matches)?;
        let force = matches.get_flag("force");
        let delivery = Delivery { key: &key, task: task.id(), folder: &folder, template: &template, force };
        deliver(&session, &operation, &snapshot.values, &delivery).await?;
        Ok(Exit::Done)
    })
    .await
}

/// Refuses an id that neither the service nor the ledger knows. Returns the state of the task, if the rate limit allows to ask for it now.
async fn check_exists(task: &Task<AnyService>) -> Result<Option<Snapshot<AnyService>>, Failure> {
    match task.poll().await {
        Ok(snapshot) => Ok(Some(snapshot)),
        Err(error) if error.is_not_found() => {
            let failure = Failure::usage(format!("{}: neither the service nor the ledger knows this task", task.id()));
            Err(failure.hint(
                "give the key of a purchase, as in `cover list`, or the whole id of a task\n\
                 a task of another operation needs its name: `--operation NAME`",
            ))
        }
        Err(_) => Ok(None),
    }
}

/// Asks for the state of a task as soon as the rate limit allows it.
async fn ask(found: &Found) -> Result<Snapshot<AnyService>, Failure> {
    if !found.is_known
        && let Some(snapshot) = check_exists(&found.task).await?
    {
        return Ok(snapshot);
    }
    let mut updates = found.task.wait().timeout(PATIENCE).updates();
    loop {
        return match updates.next().await {
            Some(Ok(Update::Stage(snapshot))) => Ok(snapshot),
            // It is asked again after the pause that the service wants.
            Some(Ok(Update::PollFailed(error))) if error.is_rate_limited() => continue,
            Some(Err(error)) if error.is_failed() => {
                error.last_snapshot().cloned().ok_or_else(|| Failure::new(Exit::Failed, error.to_string()))
            }
            Some(Err(error)) if error.is_timeout() => Err(not_asked(found.task.id())),
            Some(Ok(Update::PollFailed(error)) | Err(error)) => Err(error.into()),
            _ => Err(Failure::new(Exit::Unfinished, "the service did not answer")),
        };
    }
}

/// Returns the failure of a question that the rate limit did not allow. Nothing is known about the task.
fn not_asked(task: &str) -> Failure {
    let message = format!("the rate limit did not allow to ask for task {task} within {} s", PATIENCE.as_secs());
    Failure::new(Exit::Unfinished, message).hint("run the same command again in a moment")
}

/// Returns where the files go: as the arguments say, or else as they were sent.
fn place(
    session: &Session,
    operation: &Operation,
    key: &str,
    matches: &ArgMatches,
) -> Result<(PathBuf, Template), Failure> {
    let run = session.runs.find(operation.id(), key)?;
    let template = matches.get_one::<String>("name").cloned();
    let folder = matches.get_one::<PathBuf>("output").cloned();
    let folder = folder.or_else(|| run.as_ref().map(|run| run.folder.clone())).unwrap_or_else(|| ".".into());
    let folder = std::path::absolute(folder).map_err(|error| Failure::usage(format!("--output: {error}")))?;
    let template = match template.or_else(|| run.map(|run: Run| run.template)) {
        Some(text) => Template::parse(&text).map_err(|why| Failure::usage(format!("--name: {why}")))?,
        None => default_template(&operation.spec),
    };
    check_words(&template, &operation.spec)?;
    Ok((folder, template))
}
