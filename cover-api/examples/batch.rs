//! Buys a cover for each row of a table, and each only once:
//! `cargo run --example batch -- covers.db orders.csv`.
//!
//! A row is an order number, a comma and a prompt; without a table, a few samples are bought. Kill it at any moment and start
//! it again with the same ledger: it goes on, and posts only what was never posted. What it cannot know is listed at the end.
//!
//! With nothing set it uses the sandbox. With `COVER_API_KEY` set it uses the real service, which costs credits.

use std::error::Error;
use std::time::Duration;

use cover_api::ledger::SqliteLedger;
use cover_api::runtime::Event;
use cover_api::sandbox::Sandbox;
use cover_api::{Client, ClientBuilder, CoverRequest, Model, NonCustom};

const SONG: &str = "https://storage.example.com/song.mp3";
const SAMPLES: &str = "order-17,A calm night drive\norder-18,Rain on a tin roof\norder-19,Sunday at the harbour";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let ledger = arguments.next().ok_or("give the path of the ledger, such as covers.db, and of a table")?;
    let table = arguments.next().map_or_else(|| Ok(SAMPLES.to_owned()), std::fs::read_to_string)?;
    // The order number is the key: whatever happens, one key is one purchase.
    let rows = table.lines().map(row).collect::<Result<Vec<_>, _>>()?;
    let names: Vec<String> = rows.iter().map(|(order, _)| order.clone()).collect();

    let (builder, _sandbox) = connect().await?;
    let client = builder.ledger(SqliteLedger::open(ledger).await?).build()?;

    let mut batch = client.send_all(rows).and_wait();
    while let Some(event) = batch.next().await {
        match event {
            Event::Sent { index, task } => println!("{}: sent, task {}", names[index], task.id()),
            Event::Existing { index, task, has_ended: false } => {
                println!("{}: goes on, task {}", names[index], task.id());
            }
            Event::Existing { index, task, .. } => println!("{}: ended before, task {}", names[index], task.id()),
            Event::Done { index, snapshot } => println!("{}: done, {} tracks", names[index], snapshot.tracks.len()),
            Event::Error { index, error } => println!("{}: {error}", names[index]),
            _ => {}
        }
    }
    println!("{}", batch.report());

    // These may have been charged, so that nothing sends them again by itself.
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

/// The order number and the request of a row.
fn row(line: &str) -> Result<(String, CoverRequest<NonCustom>), Box<dyn Error>> {
    let (order, prompt) =
        line.split_once(',').ok_or_else(|| format!("`{line}` is not an order number and a prompt"))?;
    let request = CoverRequest::non_custom()
        .upload_url(SONG)
        .without_callback()
        .model(Model::V5)
        .prompt(prompt.trim())
        .build()
        .map_err(|error| format!("{order}: {error}"))?;
    Ok((order.trim().to_owned(), request))
}

/// The service where a key is set, else a sandbox, which lives as long as it is held.
async fn connect() -> Result<(ClientBuilder, Option<Sandbox>), Box<dyn Error>> {
    let Ok(key) = std::env::var("COVER_API_KEY") else {
        let sandbox = Sandbox::builder().without_rate_limit().start().await?;
        println!("no COVER_API_KEY, using a sandbox at {}", sandbox.url());
        // Its tasks end with it. Without a name, the account is its address, which no other sandbox has.
        let builder = Client::builder(sandbox.key()).base_url(sandbox.url());
        return Ok((at_the_pace_of_a_sandbox(builder), Some(sandbox)));
    };
    // A name, so that the ledger knows the account by whatever address it is reached.
    let builder = Client::builder(key).account("main");
    Ok(match std::env::var("COVER_API_URL") {
        Ok(url) if url.starts_with("http://127.0.0.1") => (at_the_pace_of_a_sandbox(builder.base_url(url)), None),
        Ok(url) => (builder.base_url(url), None),
        Err(_) => (builder, None),
    })
}

/// Tasks of a sandbox take a second, and this one has no rate limit.
fn at_the_pace_of_a_sandbox(builder: ClientBuilder) -> ClientBuilder {
    builder.poll_every(Duration::from_millis(100), Duration::from_millis(200)).rate_limit(64, Duration::ZERO)
}
