//! Buys a cover for each row of a table, and each only once:
//! `cargo run --example batch -- covers.db orders.csv`.
//!
//! A row is an order number, the address of a song and a prompt, with commas between them. Kill the program at any moment and start
//! it again with the same ledger: it goes on, and posts only what was never posted. Purchases with an unknown outcome are
//! listed at the end.
//!
//! Without `COVER_API_KEY` it uses a sandbox on this machine, and buys samples unless a table is given. With `COVER_API_KEY` it uses
//! the real service, which costs credits, and needs a table.

use std::error::Error;
use std::time::Duration;

use cover_api::ledger::SqliteLedger;
use cover_api::runtime::BatchEvent;
use cover_api::sandbox::Sandbox;
use cover_api::{Client, ClientBuilder, CoverRequest, Model, NonCustom};

/// Orders for the sandbox, which takes any address and reads nothing from it.
const SAMPLES: &str = "\
order-17,https://storage.example.com/1.mp3,A calm night drive
order-18,https://storage.example.com/2.mp3,Rain on a tin roof
order-19,https://storage.example.com/3.mp3,Sunday at the harbour
";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let ledger = arguments.next().ok_or("pass the path of the ledger, such as covers.db, and the path of a table")?;
    let table = match arguments.next() {
        Some(path) => std::fs::read_to_string(path)?,
        None if std::env::var_os("COVER_API_KEY").is_some() => {
            return Err(
                "COVER_API_KEY is set, so this costs credits: pass the path of a table after that of the ledger".into(),
            );
        }
        None => SAMPLES.to_owned(),
    };
    // The order number is the key. One key is one purchase.
    let rows = table.lines().map(row).collect::<Result<Vec<_>, _>>()?;
    let names: Vec<String> = rows.iter().map(|(order, _)| order.clone()).collect();

    let (builder, _sandbox) = connect().await?;
    let client = builder.ledger(SqliteLedger::open(ledger).await?).build()?;

    let mut batch = client.send_all(rows).and_wait();
    while let Some(event) = batch.next().await {
        match event {
            BatchEvent::Sent { index, task } => println!("{}: sent, task {}", names[index], task.id()),
            BatchEvent::Existing { index, task, has_ended: false } => {
                println!("{}: still running, task {}", names[index], task.id());
            }
            BatchEvent::Existing { index, task, .. } => println!("{}: ended before, task {}", names[index], task.id()),
            BatchEvent::Done { index, snapshot } => {
                println!("{}: done, {} tracks", names[index], snapshot.tracks.len());
            }
            BatchEvent::Error { index, error } => println!("{}: {error}", names[index]),
            _ => {}
        }
    }
    println!("{}", batch.report());

    // These may have been charged, so they are never posted again automatically.
    let unknown = client.unknown().await?;
    for purchase in &unknown {
        println!(
            "{}: unknown, {}",
            purchase.key.as_deref().unwrap_or("without a key"),
            purchase.evidence.as_deref().unwrap_or("no evidence"),
        );
    }
    if !unknown.is_empty() {
        println!("look each up in your account at the service: where there is a task, call");
        println!(
            "`client.resolve(&purchase, Resolution::Task(id))`, else `Resolution::NotCharged`; then run this again"
        );
    }
    Ok(())
}

/// Returns the order number and the request of a row.
fn row(line: &str) -> Result<(String, CoverRequest<NonCustom>), Box<dyn Error>> {
    let parts: Vec<&str> = line.splitn(3, ',').map(str::trim).collect();
    let [order, song, prompt] = parts[..] else {
        return Err(format!("`{line}` is not an order number, an address and a prompt").into());
    };
    let request = CoverRequest::non_custom()
        .upload_url(song)
        .without_callback()
        .model(Model::V5)
        .prompt(prompt)
        .build()
        .map_err(|error| format!("{order}: {error}"))?;
    Ok((order.to_owned(), request))
}

/// Connects to the service if a key is set, else to a sandbox, which lives as long as it is held.
async fn connect() -> Result<(ClientBuilder, Option<Sandbox>), Box<dyn Error>> {
    let Ok(key) = std::env::var("COVER_API_KEY") else {
        let sandbox = Sandbox::builder().without_rate_limit().start().await?;
        println!("no COVER_API_KEY, using a sandbox at {}", sandbox.url());
        // Without a name, the account is the sandbox's address. Its tasks end with it, and so does its account.
        let builder = Client::builder(sandbox.key()).base_url(sandbox.url());
        return Ok((tuned_for_a_sandbox(builder), Some(sandbox)));
    };
    // With a name, the account stays the same when the address of the service changes.
    let builder = Client::builder(key).account("main");
    Ok(match std::env::var("COVER_API_URL") {
        Ok(url) if url.starts_with("http://127.0.0.1") => (tuned_for_a_sandbox(builder.base_url(url)), None),
        Ok(url) => (builder.base_url(url), None),
        Err(_) => (builder, None),
    })
}

/// Polls often and without a rate limit, because a sandbox's tasks take a second.
fn tuned_for_a_sandbox(builder: ClientBuilder) -> ClientBuilder {
    builder.poll_every(Duration::from_millis(100), Duration::from_millis(200)).rate_limit(64, Duration::ZERO)
}
