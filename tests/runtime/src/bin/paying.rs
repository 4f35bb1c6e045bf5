//! A process that pays for as many covers as it can, until it is killed: `paying URL JOURNAL NAME`.

use std::error::Error;
use std::time::Duration;

use cover_api::Client;
use cover_api::journal::Journal;
use cover_runtime_tests::request;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("paying URL JOURNAL NAME");
    let (url, path, name) = (next()?, next()?, next()?);
    let builder =
        Client::builder("sandbox-key").base_url(url).pace(1_000, Duration::ZERO).http(|http| http.tls_certs_only([]));
    let client =
        builder.poll_every(Duration::from_millis(5), Duration::from_millis(5)).journal(Journal::open(path)?).build()?;
    // What an earlier process has paid for.
    for task in client.unfinished()? {
        tokio::spawn(async move { task.wait().await.map(drop) });
    }
    let mut payers = tokio::task::JoinSet::new();
    for payer in 0..4 {
        let (client, name) = (client.clone(), name.clone());
        payers.spawn(async move {
            for number in 0.. {
                let label = format!("{name}-{payer}-{number}");
                let Ok(task) = client.send(&request(&label)).label(&label).await else { return };
                tokio::spawn(async move { task.wait().await.map(drop) });
            }
        });
    }
    payers.join_all().await;
    Ok(())
}
