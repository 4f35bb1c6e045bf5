//! The course of a purchase up to its task or its answer.

use std::future::IntoFuture;

use cover_api::Link;
use cover_api::runtime::{AnyRequest, AnyService, Client, Given, Sending, Sent, Task};
use cover_spec::tables::Method;
use serde_json::json;

use super::key;
use super::order::Order;
use super::queue::Queue;
use super::song::{Recording, Song};
use crate::exit::Failure;
use crate::operation::Operation;
use crate::runs::Run;
use crate::screen;
use crate::settings::Session;

/// What was bought, now or before.
#[derive(Debug)]
pub(crate) struct Bought {
    pub(crate) sent: Sent<AnyService>,
    /// Whether this command made the POST.
    pub(crate) was_posted: bool,
}

/// Buys what an order says, unless its key was bought before. The key is looked up before anything is uploaded. `before_post` is called
/// before the request is sent.
pub(crate) async fn buy(
    session: &Session,
    operation: &Operation,
    order: &mut Order,
    before_post: impl FnOnce(),
) -> Result<Bought, Failure> {
    let client = session.client_of(operation)?;
    let is_free = operation.spec.api().submit.method == Method::Get;
    if is_free {
        let request = order.request(&client, operation, None)?;
        return Ok(Bought::new(client.send(&request).await?));
    }
    choose_take(&client, order).await?;
    if let Some(sent) = find(session, &client, operation, order).await? {
        session.runs.put(&run(operation, order))?;
        note_existing(session, order, &sent);
        let bought = Bought::new(sent);
        if let Some(task) = bought.task() {
            session.runs.set_task(operation.id(), &order.key, task.id())?;
        }
        return Ok(bought);
    }
    check_ledger(session, operation, order)?;
    session.runs.put(&run(operation, order))?;
    let address = match &order.song {
        Some(Song::File(file)) => Some(upload(session, &client, operation, order, file).await?),
        _ => None,
    };
    let request = order.request(&client, operation, address.as_ref().map(Link::as_str))?;
    let line = session.screen.line(&order.key);
    before_post();
    let sent = Queue::of(session, &order.key).during(&line, "sending", sending(&client, order, &request)).await;
    drop(line);
    let bought = Bought::new(sent.map_err(|error| explain(error, order))?);
    if let Some(task) = bought.task() {
        // Another command with the key may have written its request in the meantime.
        session.runs.put(&Run { task: Some(task.id().to_owned()), ..run(operation, order) })?;
    }
    if bought.was_posted {
        note_charge(session, &client, order, &bought).await;
    }
    Ok(bought)
}

impl Bought {
    fn new(sent: Sent<AnyService>) -> Self {
        let was_posted = match &sent {
            Given::Task(task) => task.was_posted(),
            Given::Answer(answer) => answer.was_posted(),
        };
        Self { sent, was_posted }
    }

    pub(crate) fn task(&self) -> Option<&Task<AnyService>> {
        match &self.sent {
            Given::Task(task) => Some(task),
            Given::Answer(_) => None,
        }
    }
}

/// Chooses the key of another take, if the user wants one.
async fn choose_take(client: &Client<AnyService>, order: &mut Order) -> Result<(), Failure> {
    if !order.wanted.again {
        return Ok(());
    }
    let mut number = 1_u32;
    loop {
        let key = key::of_take(&order.key, number);
        match client.find(&key).await {
            Ok(None) => {
                order.key = key;
                return Ok(());
            }
            Err(error) if error.is_ledger() => return Err(error.into()),
            _ => number += 1,
        }
    }
}

/// Returns a send of the order's request. A song that is uploaded has another address each time, so its content identifies the purchase.
fn sending(client: &Client<AnyService>, order: &Order, request: &AnyRequest) -> Sending<AnyService> {
    let sending = client.send(request).key(&order.key);
    match &order.song {
        Some(Song::File(_)) => sending.identity(&order.digest),
        _ => sending,
    }
}

/// Returns what the key has bought. A key that has bought something else is refused: this machine knows it, or else the ledger.
async fn find(
    session: &Session,
    client: &Client<AnyService>,
    operation: &Operation,
    order: &Order,
) -> Result<Option<Sent<AnyService>>, Failure> {
    let found = match session.runs.find(operation.id(), &order.key)? {
        Some(run) if run.digest != order.digest => {
            let found = client.find(&order.key).await.map_err(|error| explain(error, order))?;
            return if found.is_some() { Err(bought_something_else(order)) } else { Ok(None) };
        }
        // The request may have other values by now, if the spec suggests them.
        Some(run) if run.task.is_some() && !matches!(order.song, Some(Song::File(_))) => client.find(&order.key).await,
        _ => sending(client, order, &order.request(client, operation, None)?).find().await,
    };
    found.map_err(|error| explain(error, order))
}

fn bought_something_else(order: &Order) -> Failure {
    let failure = Failure::usage(format!("--key {}: the key has bought something else", order.key));
    failure.hint("choose another key, or add `--again` for another take")
}

/// Refuses to pay for what this machine has bought already, if the ledger does not know it: the ledger was lost, or is another one.
fn check_ledger(session: &Session, operation: &Operation, order: &Order) -> Result<(), Failure> {
    let task = session.runs.find(operation.id(), &order.key)?.and_then(|run| run.task);
    let Some(task) = task.filter(|_| !order.wanted.again) else { return Ok(()) };
    let failure = Failure::usage(format!(
        "{}: this machine has bought it, as task {task}, but the ledger does not know it",
        order.key
    ));
    Err(failure.hint(format!(
        "name the ledger of that time with `--ledger`, or fetch the files with `cover download {task} --operation {}`\n\
         if the ledger is lost, `--again` buys another take",
        operation.name
    )))
}

fn run(operation: &Operation, order: &Order) -> Run {
    Run {
        operation: operation.id().to_owned(),
        key: order.key.clone(),
        digest: order.digest.clone(),
        source: order.source(),
        folder: order.wanted.folder.clone(),
        template: order.template.to_string(),
        task: None,
        is_complete: false,
        started: 0,
    }
}

async fn upload(
    session: &Session,
    client: &Client<AnyService>,
    operation: &Operation,
    order: &Order,
    file: &Recording,
) -> Result<Link, Failure> {
    let line = session.screen.line(&order.song.as_ref().map(Song::name).unwrap_or_default());
    let show = |done, total| line.progress(done, total);
    let upload = order.upload(client, operation, file).on_progress(show);
    let link = Queue::of(session, &order.key).during(&line, "uploading", upload.into_future()).await?;
    line.done(&format!("{}, uploaded", file.in_words()));
    let event = json!({ "event": "uploaded", "key": order.key, "file": file.path, "bytes": file.bytes });
    session.screen.event(&event);
    Ok(link)
}

fn note_existing(session: &Session, order: &Order, sent: &Sent<AnyService>) {
    let task = match sent {
        Given::Task(task) => Some(task.id().to_owned()),
        Given::Answer(_) => None,
    };
    let which = task.as_ref().map(|task| format!(", task {task}")).unwrap_or_default();
    session.screen.note(&format!("{} {} was bought before{which}", session.screen.symbols().tick, order.key));
    session.screen.event(&json!({ "event": "existing", "key": order.key, "task": task }));
}

/// Says what the purchase costs, and what is left. A failed question about the credits does not matter.
async fn note_charge(session: &Session, client: &Client<AnyService>, order: &Order, bought: &Bought) {
    let left = if order.wanted.asks_credits && order.price.is_some() { client.credits().await.ok() } else { None };
    let task = bought.task().map(|task| task.id().to_owned());
    let tick = session.screen.symbols().tick;
    let charged = order.price.map_or("sent".to_owned(), |price| format!("charged about {}", screen::credits(price)));
    let left_in_words = left.map(|left| format!(" ({left} left)")).unwrap_or_default();
    let of_task = task.as_ref().map(|task| format!(", task {task}")).unwrap_or_default();
    session.screen.note(&format!("{tick} {charged}{left_in_words}{of_task}"));
    session.screen.event(&json!({
        "event": "sent",
        "key": order.key,
        "task": task,
        "cost": order.price.map(screen::number),
        "left": left.map(screen::number),
    }));
}

/// Returns what the user can do about an unknown outcome.
pub(crate) fn how_to_resolve(key: &str) -> String {
    format!(
        "look for the purchase in your account at the service, then run `cover resolve {key} --task ID` or `cover resolve {key} \
         --not-charged`"
    )
}

/// Adds to an error what the user can do about it.
fn explain(error: cover_api::runtime::Error<AnyService>, order: &Order) -> Failure {
    let is_bought = error.is_key_conflict() && !error.is_outcome_unknown() && !error.is_in_progress();
    if is_bought {
        return bought_something_else(order);
    }
    let hint = if error.is_outcome_unknown() {
        Some(how_to_resolve(&order.key))
    } else if error.is_in_progress() {
        Some("another process is sending it; run the same command again in a moment".to_owned())
    } else {
        None
    };
    Failure { hint, ..error.into() }
}
