//! Makes as many requests as the rate limit allows, for a time: `greedy URL LEDGER NAME REQUESTS WINDOW LONGEST TIME`. The last three
//! are milliseconds. `LEDGER` is a file or the URL of a database. `NAME` is the user agent of the requests.

use std::error::Error;
use std::time::Duration;

use cover_api::Client;
use cover_api::ledger::{PostgresLedger, SqliteLedger};
use cover_testkit::request;
use tokio::time::{Instant, sleep_until, timeout_at};

const USAGE: &str = "greedy URL LEDGER NAME REQUESTS WINDOW LONGEST TIME";

/// Number of loops that only ask for the credits, and of those that send and wait.
const ASKING: usize = 10;
const SENDING: usize = 2;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or(USAGE);
    let (url, path, name, requests) = (next()?, next()?, next()?, next()?.parse()?);
    let mut millis = || Ok::<_, Box<dyn Error>>(Duration::from_millis(next()?.parse()?));
    let (window, longest, time) = (millis()?, millis()?, millis()?);
    let agent = name.clone();
    let builder = Client::builder("sandbox-key").base_url(url).account("tests").rate_limit(requests, window);
    // Without TLS, since its certificates take long to load.
    let builder = builder.configure_http(move |http| http.tls_certs_only([]).user_agent(agent.clone()));
    let builder = builder.timeouts(longest / 2, longest / 2).poll_every(window / 4, window / 4);
    let client = if path.starts_with("postgres:") {
        builder.ledger(PostgresLedger::connect(&path).await?).build()?
    } else {
        builder.ledger(SqliteLedger::open(path).await?).build()?
    };
    let end = Instant::now() + time;
    let asking = (0..ASKING).map(|_| tokio::spawn(timeout_at(end, ask(client.clone()))));
    let sending = (0..SENDING).map(|number| {
        let sends = send(client.clone(), format!("{name}-{number}"));
        tokio::spawn(timeout_at(end, sends))
    });
    let all: Vec<_> = asking.chain(sending).collect();
    sleep_until(end).await;
    for one in all {
        one.await?.ok();
    }
    Ok(())
}

async fn ask(client: Client) {
    loop {
        // Whatever the answer is, it was a request.
        client.credits().await.ok();
    }
}

async fn send(client: Client, name: String) {
    for number in 0_u64.. {
        let key = format!("{name}-{number}");
        if let Ok(task) = client.send(&request(&key)).key(&*key).await {
            task.wait().await.ok();
        }
    }
}
