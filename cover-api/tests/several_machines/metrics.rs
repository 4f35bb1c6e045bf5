//! What the ledger reports about itself.

use std::collections::BTreeSet;

use cover_testkit::gate::{Came, Gate};
use cover_testkit::{Outcome, postgres, request};
use metrics_util::debugging::DebuggingRecorder;

use crate::common::{builder, connect, database, sandbox};

#[tokio::test]
async fn lost_connections_latency_and_queue_of_the_ledger_are_reported() -> Outcome {
    let Some(url) = database("metrics").await? else { return Ok(()) };
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    // The connections have threads of their own.
    recorder.install()?;
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox);
    let client = builder(&gate, connect(&url).await?).build()?;
    assert_eq!(Came::of(&client.send(&request("1")).key("1").await), Came::Posted);
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid != pg_backend_pid() AND datname = current_database()";
    postgres::connect(&url).await?.execute(cut, &[]).await?;
    assert_eq!(Came::of(&client.send(&request("2")).key("2").await), Came::Posted, "it connects again");
    assert_eq!(client.stats().ledger_failing, None);
    let all = snapshotter.snapshot().into_vec();
    let names: BTreeSet<&str> = all.iter().map(|(key, ..)| key.key().name()).collect();
    for name in ["cover_ledger_seconds", "cover_ledger_queued", "cover_ledger_disconnects_total"] {
        assert!(names.contains(name), "{name} is not among {names:?}");
    }
    Ok(())
}
