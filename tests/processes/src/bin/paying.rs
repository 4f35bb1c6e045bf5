//! Buys a cover for each of many keys, until it is done or killed: `paying URL LEDGER NAME FROM TO`.
//!
//! Prints a line for each key: `key<TAB>word<TAB>task or error`.

use std::error::Error;
use std::time::Duration;

use cover_api::Client;
use cover_api::ledger::SqliteLedger;
use cover_api::runtime::BatchEvent;
use cover_testkit::request;

const USAGE: &str = "paying URL LEDGER NAME FROM TO";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or(USAGE);
    let (url, path, name) = (next()?, next()?, next()?);
    let (from, to): (usize, usize) = (next()?.parse()?, next()?.parse()?);
    let builder = Client::builder("sandbox-key").base_url(url).account("tests").rate_limit(1_000, Duration::ZERO);
    let builder = builder.poll_every(Duration::from_millis(20), Duration::from_millis(20));
    let client = builder
        // Without TLS, since its certificates take long to load.
        .configure_http(|http| http.tls_certs_only([]))
        .ledger(SqliteLedger::open(path).await?)
        .build()?;
    let key = move |number: usize| format!("{name}-{number}");
    let items = {
        let key = key.clone();
        (from..to).map(move |number| (key(number), request(&key(number))))
    };
    let mut batch = client.send_all(items).and_wait();
    while let Some(event) = batch.next().await {
        match event {
            BatchEvent::Sent { index, task } => println!("{}\tsent\t{}", key(from + index), task.id()),
            BatchEvent::Existing { index, task, .. } => println!("{}\texisting\t{}", key(from + index), task.id()),
            BatchEvent::Error { index, error } => {
                let word = match &error {
                    error if error.is_outcome_unknown() => "unknown",
                    error if error.is_in_progress() => "in progress",
                    error if error.is_refused() => "refused",
                    error if error.is_ledger() => "ledger",
                    _ => "error",
                };
                let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
                println!("{}\t{word}\t{error}{cause}", key(from + index));
            }
            _ => {}
        }
    }
    Ok(())
}
