//! Buys something for each of many keys, until it is done or killed: `paying WHAT URL LEDGER NAME FROM TO [CREDITS]`. `WHAT` is
//! `covers`, which are tasks, or `styles`, which are answers, or `all-covers`: covers, and those that the ledger refused or
//! that another process was posting are sent again until they are tasks. `LEDGER` is a file, or the address of a database.
//! `CREDITS` is what all processes may spend in a day.
//!
//! Prints a line for each key: `key<TAB>word<TAB>task, answer or error`.

use std::error::Error;
use std::time::Duration;

use cover_api::ledger::{PostgresLedger, SqliteLedger};
use cover_api::runtime::{BatchEvent, Client, ClientBuilder, Credits, Request, SpendLimit, StaticService};
use cover_testkit::request;

mod style {
    cover_api::api!("../specs/siblings/style.toml", in crate::style);
}

use style::StyleRequest;

const USAGE: &str = "paying WHAT URL LEDGER NAME FROM TO [CREDITS]";

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Timeouts of a database's ledger, whose leases last for a minute and twice their sum.
const TIMEOUTS: [Duration; 2] = [Duration::from_millis(500), Duration::from_millis(2_500)];
/// Pause before keys are sent again.
const PAUSE: Duration = Duration::from_millis(100);
/// How long a process that is done waits for outcomes that are not recorded yet.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or(USAGE);
    let (what, url, path, name) = (next()?, next()?, next()?, next()?);
    let (from, to) = (next()?.parse()?, next()?.parse()?);
    let keys = Keys { name, from, to };
    let limit = next().ok().map(|credits| credits.parse::<u32>()).transpose()?;
    let limit = limit.map(|credits| SpendLimit::per_period(Credits::from(credits), DAY));
    match &*what {
        "covers" => buy_once(&client(url, path, limit).await?, keys, request).await,
        "all-covers" => buy_all(&client(url, path, limit).await?, keys, request).await,
        "styles" => buy_once(&client(url, path, limit).await?, keys, style).await,
        _ => return Err(USAGE.into()),
    }
    Ok(())
}

async fn client<S: StaticService>(
    url: String,
    ledger: String,
    limit: Option<SpendLimit>,
) -> Result<Client<S>, Box<dyn Error>> {
    let builder = Client::builder("sandbox-key").base_url(url).account("tests").rate_limit(1_000, Duration::ZERO);
    let builder = builder.poll_every(Duration::from_millis(20), Duration::from_millis(20));
    // Without TLS, since its certificates take long to load.
    let builder = builder.configure_http(|http| http.tls_certs_only([]));
    let builder = limit.into_iter().fold(builder, ClientBuilder::spend_limit);
    let [connect, submit] = TIMEOUTS;
    let builder = if ledger.starts_with("postgres://") {
        builder.timeouts(connect, submit).ledger(PostgresLedger::connect(&ledger).await?)
    } else {
        builder.ledger(SqliteLedger::open(ledger).await?)
    };
    Ok(builder.build()?)
}

fn style(content: &str) -> StyleRequest {
    StyleRequest::builder().content(content).build().expect("it is valid")
}

/// The keys of this process: `name-0`, `name-1` and so on.
struct Keys {
    name: String,
    from: usize,
    to: usize,
}

async fn buy_once<S, R>(client: &Client<S>, keys: Keys, of: fn(&str) -> R)
where
    S: StaticService,
    R: Request<Service = S> + Send + 'static,
{
    let Keys { name, from, to } = keys;
    buy(client, &name, from..to, |index| from + index, of).await;
}

/// Buys for each key until all are bought, or have an outcome that is not known.
async fn buy_all<S, R>(client: &Client<S>, keys: Keys, of: fn(&str) -> R)
where
    S: StaticService,
    R: Request<Service = S> + Send + 'static,
{
    let mut numbers: Vec<usize> = (keys.from..keys.to).collect();
    while !numbers.is_empty() {
        let all = numbers.clone();
        numbers = buy(client, &keys.name, numbers.into_iter(), |index| all[index], of).await;
        tokio::time::sleep(PAUSE).await;
    }
    client.shutdown(PATIENCE).await;
}

/// Buys for the keys with these numbers. `at` returns the number at an index. Returns those that were not sent because of the ledger
/// or of another process.
async fn buy<S, R>(
    client: &Client<S>,
    name: &str,
    numbers: impl Iterator<Item = usize> + Send + 'static,
    at: impl Fn(usize) -> usize,
    of: fn(&str) -> R,
) -> Vec<usize>
where
    S: StaticService,
    R: Request<Service = S> + Send + 'static,
{
    let key = {
        let name = name.to_owned();
        move |number: usize| format!("{name}-{number}")
    };
    let items = {
        let key = key.clone();
        numbers.map(move |number| (key(number), of(&key(number))))
    };
    let (mut batch, mut again) = (client.send_all(items).and_wait(), Vec::new());
    while let Some(event) = batch.next().await {
        match event {
            BatchEvent::Sent { index, task } => println!("{}\tsent\t{}", key(at(index)), task.id()),
            BatchEvent::Existing { index, task, .. } => println!("{}\texisting\t{}", key(at(index)), task.id()),
            BatchEvent::Answered { index, answer } => {
                let word = if answer.was_posted() { "sent" } else { "existing" };
                println!("{}\t{word}\t{}", key(at(index)), answer.json());
            }
            BatchEvent::Error { index, error } => {
                let word = match &error {
                    error if error.is_outcome_unknown() => "unknown",
                    error if error.is_in_progress() => "in progress",
                    error if error.is_refused() => "refused",
                    error if error.is_spend_limit() => "limit",
                    error if error.is_ledger() => "ledger",
                    _ => "error",
                };
                if matches!(word, "in progress" | "ledger") {
                    again.push(at(index));
                }
                let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
                println!("{}\t{word}\t{error}{cause}", key(at(index)));
            }
            _ => {}
        }
    }
    again
}
