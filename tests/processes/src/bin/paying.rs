//! Buys something for each of many keys, until it is done or killed: `paying WHAT URL LEDGER NAME FROM TO [CREDITS]`. `WHAT` is
//! `covers`, which are tasks, or `styles`, which are answers. `CREDITS` is what all processes may spend in a day.
//!
//! Prints a line for each key: `key<TAB>word<TAB>task, answer or error`.

use std::error::Error;
use std::ops::Range;
use std::time::Duration;

use cover_api::ledger::SqliteLedger;
use cover_api::runtime::{BatchEvent, Client, ClientBuilder, Credits, Request, SpendLimit, StaticService};
use cover_testkit::request;

mod style {
    cover_api::api!("../specs/siblings/style.toml", in crate::style);
}

use style::StyleRequest;

const USAGE: &str = "paying WHAT URL LEDGER NAME FROM TO [CREDITS]";

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or(USAGE);
    let (what, url, path, name) = (next()?, next()?, next()?, next()?);
    let keys = Keys { name, numbers: next()?.parse()?..next()?.parse()? };
    let limit = next().ok().map(|credits| credits.parse::<u32>()).transpose()?;
    let limit = limit.map(|credits| SpendLimit::per_period(Credits::from(credits), DAY));
    match &*what {
        "covers" => buy(client(url, path, limit).await?, keys, request).await,
        "styles" => buy(client(url, path, limit).await?, keys, style).await,
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
    Ok(builder.ledger(SqliteLedger::open(ledger).await?).build()?)
}

fn style(content: &str) -> StyleRequest {
    StyleRequest::builder().content(content).build().expect("it is valid")
}

/// The keys of this process: `name-0`, `name-1` and so on.
struct Keys {
    name: String,
    numbers: Range<usize>,
}

async fn buy<S, R>(client: Client<S>, keys: Keys, of: fn(&str) -> R)
where
    S: StaticService,
    R: Request<Service = S> + Send + 'static,
{
    let Keys { name, numbers } = keys;
    let from = numbers.start;
    let key = move |number: usize| format!("{name}-{number}");
    let items = {
        let key = key.clone();
        numbers.map(move |number| (key(number), of(&key(number))))
    };
    let mut batch = client.send_all(items).and_wait();
    while let Some(event) = batch.next().await {
        match event {
            BatchEvent::Sent { index, task } => println!("{}\tsent\t{}", key(from + index), task.id()),
            BatchEvent::Existing { index, task, .. } => println!("{}\texisting\t{}", key(from + index), task.id()),
            BatchEvent::Answered { index, answer } => {
                let word = if answer.was_posted() { "sent" } else { "existing" };
                println!("{}\t{word}\t{}", key(from + index), answer.json());
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
                let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
                println!("{}\t{word}\t{error}{cause}", key(from + index));
            }
            _ => {}
        }
    }
}
