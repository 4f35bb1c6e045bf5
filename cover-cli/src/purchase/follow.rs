//! The wait for a task, stage by stage.

use std::time::{Duration, Instant};

use cover_api::Refunded;
use cover_api::runtime::{AnyService, Error, Snapshot, Task, Update};
use serde_json::json;

use super::queue::Queue;
use crate::exit::{Exit, Failure};
use crate::operation::Operation;
use crate::screen;
use crate::settings::Session;

/// How often the time on the screen moves on.
const TICK: Duration = Duration::from_secs(1);

/// Waits until a task is done. `key` names it in what is shown.
pub(crate) async fn follow(
    session: &Session,
    operation: &Operation,
    task: &Task<AnyService>,
    key: &str,
    timeout: Option<Duration>,
) -> Result<Snapshot<AnyService>, Failure> {
    let line = session.screen.line(key);
    let begun = started(task);
    let expected = operation.spec.api().poll.as_ref().and_then(|poll| poll.expected_duration);
    let mut stage = "waiting".to_owned();
    let wait = task.wait();
    let mut updates = match timeout {
        Some(timeout) => wait.timeout(timeout).updates(),
        None => wait.updates(),
    };
    let mut queue = Queue::of(session, key);
    let mut tick = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            update = updates.next() => match update {
                Some(Ok(Update::Stage(snapshot))) => {
                    session.screen.event(&json!({
                        "event": "stage", "key": key, "task": task.id(), "status": snapshot.status.clone(),
                    }));
                    if snapshot.is_done() {
                        return Ok(snapshot);
                    }
                    stage = in_words(operation, &snapshot.status);
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(unfinished(operation, &error, key)),
                None => return Err(Failure::new(Exit::Unfinished, "the wait ended")),
            },
            _ = tick.tick() => {}
        }
        let age = begun.elapsed();
        let waits = queue.reason(false).map(|why| format!("   {why}")).unwrap_or_default();
        let about = expected.map(|times| format!(" of about {}", screen::range(times, session.screen.is_utf8())));
        line.say(format!("{stage}   {}{}{waits}", screen::clock(age), about.unwrap_or_default()));
        if let Some([_, longest]) = expected {
            line.progress(age.as_secs(), longest.as_secs());
        }
    }
}

/// Waits as long as the service wants between two polls of a task. The command before this one may just have polled it.
pub(crate) async fn keep_distance(operation: &Operation) {
    tokio::time::sleep(operation.spec.api().rate_limit.task_every).await;
}

/// Returns when the task was created, as far as that is known.
fn started(task: &Task<AnyService>) -> Instant {
    let now = Instant::now();
    task.handle().age().and_then(|age| now.checked_sub(age)).unwrap_or(now)
}

/// Returns what the spec says of a status, without the full stop.
fn in_words(operation: &Operation, status: &str) -> String {
    let known = operation.spec.statuses.iter().find(|known| *known.name == *status);
    let words = known.map_or(status, |known| known.doc.trim_end_matches('.'));
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// Returns why the wait ended before the task was done, and what to do.
fn unfinished(operation: &Operation, error: &Error<AnyService>, key: &str) -> Failure {
    let failure = Failure::of(error);
    match failure.exit {
        Exit::Failed if error.is_failed() => {
            let message = failed_in_words(operation, error).unwrap_or(failure.message.clone());
            Failure { message, ..failure }.hint("to buy another one, run the same command with `--again`")
        }
        Exit::Failed | Exit::Unknown | Exit::Usage => failure,
        _ => Failure { exit: Exit::Unfinished, ..failure }.hint(format!("it still runs; `cover resume {key}` goes on")),
    }
}

/// Describes the end of a failed task by its last snapshot: its status, the service's message, and whether the credits came back.
fn failed_in_words(operation: &Operation, error: &Error<AnyService>) -> Option<String> {
    let last = error.last_snapshot()?;
    let of_service = last.error_message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
    let refunded = match error.refunded() {
        Refunded::Yes => "; the credits were refunded",
        Refunded::No => "; the credits were not refunded",
        Refunded::Unknown => "",
    };
    Some(format!("the task failed: {} ({}){of_service}{refunded}", in_words(operation, &last.status), last.status))
}
