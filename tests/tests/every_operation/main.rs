//! Every shipped operation in one crate, on one account, with one rate limit, one ledger and one router for callbacks.

mod operations;
#[expect(dead_code, reason = "these tests need only one kind of recording")]
#[path = "../../testkit/src/recordings.rs"]
mod recordings;
mod song;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use cover_api::Client;
use cover_api::ledger::SqliteLedger;
use cover_api::sandbox::Sandbox;
use cover_spec::{SHIPPED_SPECS, Spec};
use serde_json::Value;

use song::{ADDRESS, Maker};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// The rate limit, in less time than that of the service.
const LIMIT: (u32, Duration) = (20, Duration::from_secs(1));

/// Returns the client of a new process.
async fn client(sandbox: &Sandbox, ledger: &Path) -> Result<Client> {
    let pause = Duration::from_millis(400);
    let builder = Client::builder(sandbox.key()).base_url(sandbox.url()).rate_limit(LIMIT.0, LIMIT.1);
    let builder = builder.poll_every(pause, pause).callbacks(ADDRESS, SECRET);
    Ok(builder.ledger(SqliteLedger::open(ledger).await?).account("one").build()?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_is_charged_once_within_one_budget_and_its_results_are_kept() -> Result<()> {
    let sandbox =
        Sandbox::builder().every_shipped().stage_every(Duration::from_millis(50)).rate_limit(LIMIT.0, LIMIT.1);
    let sandbox = sandbox.start().await?;
    let folder = tempfile::tempdir()?;
    let ledger = folder.path().join("ledger.db");

    let first = client(&sandbox, &ledger).await?;
    sandbox.deliver_to(first.account().callbacks()?.router());
    let song = first.upload_bytes("song.wav", recordings::wav(1)).await?;
    let made = Maker::everything(&first, &song).await?;
    let credits = first.account().credits().await?;

    let created = sandbox.created();
    let operations: BTreeSet<_> = created.iter().map(|task| task.operation.clone()).collect();
    assert_eq!(operations, shipped()?, "each operation is run");
    assert_eq!(created.len(), operations.len(), "each operation is charged once");
    assert_eq!(credits.to_string(), "808.8", "191.2 of 1,000 credits are spent");
    assert_eq!(first.account().unfinished().await?, []);
    for one in &made {
        assert!(has_a_value(&one.results), "{one:?}");
    }

    // Another process with the same file asks for the same song.
    drop(first);
    let second = client(&sandbox, &ledger).await?;
    assert_eq!(Maker::everything(&second, &song).await?, made, "the results are in the ledger or still at the service");
    assert_eq!(second.account().credits().await?, credits, "nothing is paid again");
    assert_eq!(sandbox.excess_requests(), 0, "both processes keep to the budget");
    Ok(())
}

/// Returns the ids of all shipped operations that buy something. A GET buys nothing.
fn shipped() -> Result<BTreeSet<String>> {
    let specs =
        SHIPPED_SPECS.iter().map(|path| Spec::parse_shipped(path)).collect::<std::result::Result<Vec<_>, _>>()?;
    let buying = specs.into_iter().filter(|spec| spec.submit.method().name() != "GET");
    Ok(buying.map(|spec| spec.service.id.value).collect())
}

/// Whether a result has any value, inside of lists and objects too.
fn has_a_value(results: &Value) -> bool {
    match results {
        Value::Null => false,
        Value::Array(items) => items.iter().any(has_a_value),
        Value::Object(members) => members.values().any(has_a_value),
        _ => true,
    }
}
