//! The files of a finished purchase.

use std::path::{Path, PathBuf};

use cover_api::runtime::{AnyService, Client};
use serde_json::{Map, Value, json};

use super::order::Order;
use super::song::length_of;
use crate::exit::Failure;
use crate::files::{Output, Template, Words, free, outputs, save, shown};
use crate::operation::Operation;
use crate::runs::Run;
use crate::screen;
use crate::settings::Session;

/// Where the files of a purchase go.
#[derive(Debug)]
pub(crate) struct Delivery<'a> {
    pub(crate) key: &'a str,
    pub(crate) task: &'a str,
    pub(crate) folder: &'a Path,
    pub(crate) template: &'a Template,
    pub(crate) force: bool,
}

impl<'a> Delivery<'a> {
    /// Returns where the files of an order go.
    pub(crate) fn of(order: &'a Order, task: &'a str) -> Self {
        let Order { key, template, wanted, .. } = order;
        Self { key, task, folder: &wanted.folder, template, force: wanted.force }
    }
}

/// Downloads every file among the results that is not on disk yet, and shows people the other results. Returns the paths of all
/// files.
pub(crate) async fn deliver(
    session: &Session,
    operation: &Operation,
    results: &Map<String, Value>,
    delivery: &Delivery<'_>,
) -> Result<Vec<PathBuf>, Failure> {
    let client = session.client_of(operation)?;
    let (mut paths, mut first_failure) = (Vec::new(), None);
    for (number, output) in (1..).zip(outputs(&operation.spec, results)) {
        match one(session, &client, operation, &output, number, delivery).await {
            Ok(path) => paths.push(path),
            Err(failure) => {
                session.screen.failure(&failure);
                first_failure.get_or_insert(failure);
            }
        }
    }
    if let Some(failure) = first_failure {
        let hint = if session.has_memory {
            format!("`cover resume {}` downloads what is missing", delivery.key)
        } else {
            "the sandbox has ended; run the same command again".to_owned()
        };
        return Err(Failure::new(failure.exit, format!("{}: not all files are on disk", delivery.key)).hint(hint));
    }
    let others = shown(&operation.spec, results);
    if !others.is_empty() && !session.screen.is_json() {
        session.screen.print(&others);
    }
    session.runs.set_complete(operation.id(), delivery.key)?;
    Ok(paths)
}

/// A purchase whose files are on disk.
#[derive(Debug)]
pub(crate) struct OnDisk {
    pub(crate) task: Option<String>,
    pub(crate) files: Vec<PathBuf>,
}

/// Returns a purchase of this machine that is complete, if all its files are where the order wants them.
pub(crate) fn is_on_disk(session: &Session, operation: &Operation, order: &Order) -> Result<Option<OnDisk>, Failure> {
    let run = session.runs.find(operation.id(), &order.key)?;
    let is_same = |run: &Run| run.is_complete && run.digest == order.digest && run.folder == order.wanted.folder;
    let Some(run) = run.filter(is_same) else { return Ok(None) };
    let files = session.runs.files(operation.id(), &order.key)?;
    // The run of a task that has failed is complete without files.
    let is_there = !files.is_empty() && files.iter().all(|file| file.exists());
    Ok(is_there.then_some(OnDisk { task: run.task, files }))
}

async fn one(
    session: &Session,
    client: &Client<AnyService>,
    operation: &Operation,
    output: &Output,
    number: usize,
    delivery: &Delivery<'_>,
) -> Result<PathBuf, Failure> {
    let id = operation.id();
    // A file that was begun keeps its name.
    let known = session.runs.file(id, delivery.key, number)?.filter(|path| path.parent() == Some(delivery.folder));
    if let Some(path) = known.as_ref().filter(|path| path.exists() && !delivery.force) {
        report(session, path, delivery, number);
        return Ok(path.clone());
    }
    let reserve = |path: &Path| session.runs.reserve_file(id, delivery.key, number, path);
    let path = match known {
        Some(path) => path,
        None => free(delivery.folder, &name(output, number, delivery), delivery.force, reserve)?,
    };
    let line = session.screen.line(&path.file_name().unwrap_or_default().to_string_lossy());
    line.say("downloading");
    let show = |done, total: Option<u64>| match total {
        Some(total) => line.progress(done, total),
        None => line.say(screen::size(done)),
    };
    let saved = save(client, output, &path, delivery.force, show).await;
    drop(line);
    saved?;
    report(session, &path, delivery, number);
    Ok(path)
}

/// Returns the name of a file by the template.
fn name(output: &Output, number: usize, delivery: &Delivery<'_>) -> String {
    let extension = extension(output.link.as_str());
    let words = Words {
        number,
        extension: &extension,
        key: delivery.key,
        task: delivery.task,
        result: &output.result,
        members: &output.words,
    };
    delivery.template.fill(&words)
}

/// Returns the extension of the path of an address: letters and digits, at most 5. Otherwise `bin`.
fn extension(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_usual = (1..=5).contains(&extension.len()) && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_usual { extension.to_ascii_lowercase() } else { "bin".to_owned() }
}

/// Says that a file is on disk: with its figures for people, as a path for programs.
fn report(session: &Session, path: &Path, delivery: &Delivery<'_>, number: usize) {
    let bytes = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    let length = length_of(path);
    let event = json!({
        "event": "file", "key": delivery.key, "number": number, "path": path, "bytes": bytes,
        "seconds": length.map(|length| length.as_secs_f64()),
    });
    let shown = std::env::current_dir().ok().and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    let shown = shown.unwrap_or_else(|| path.to_owned());
    if session.screen.prints_to_people() {
        let length = length.map(|length| format!("{}, ", screen::clock(length))).unwrap_or_default();
        let tick = session.screen.symbols().tick;
        session.screen.result(&format!("{tick} {}  {length}{}", shown.display(), screen::size(bytes)), &event);
    } else {
        session.screen.result(&shown.display().to_string(), &event);
    }
}
