//! Migrations by hand, and by a later version while processes of this one go on.

use std::process::Command;

use cover_api::ledger::PostgresLedger;
use cover_testkit::gate::{Came, Gate};
use cover_testkit::{Outcome, postgres, request};

use crate::common::{builder, connect, database, sandbox};

#[tokio::test]
async fn the_printed_sql_may_be_applied_by_two_sessions_at_once_and_again() -> Outcome {
    let Some(url) = database("printed").await? else { return Ok(()) };
    let (schema, other) = (PostgresLedger::schema_sql(), postgres::connect(&url).await?);
    let database = postgres::connect(&url).await?;
    tokio::try_join!(database.batch_execute(&schema), other.batch_execute(&schema))?;
    database.batch_execute("INSERT INTO holders VALUES ('somebody', 1)").await?;
    database.batch_execute(&schema).await?;
    let meta = database.query_one("SELECT count(*), max(version), max(least_version) FROM ledger_meta", &[]).await?;
    assert_eq!((meta.get(0), meta.get(1), meta.get(2)), (1_i64, 4_i64, 1_i64));
    assert_eq!(database.query("SELECT name FROM holders", &[]).await?.len(), 1, "the data are kept");
    drop(PostgresLedger::builder(&url)?.without_migration().connect().await?);
    Ok(())
}

#[test]
fn the_example_prints_this_sql() -> Outcome {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--example", "ledger_schema", "--all-features"]);
    let output = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8(output.stdout)?, PostgresLedger::schema_sql());
    Ok(())
}

#[tokio::test]
async fn an_additive_migration_runs_while_older_processes_go_on() -> Outcome {
    let Some(url) = database("additive").await? else { return Ok(()) };
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox);
    let client = builder(&gate, connect(&url).await?).build()?;
    let sending = tokio::spawn(async move {
        let mut came = Vec::new();
        for number in 0..40 {
            let key = number.to_string();
            came.push(Came::of(&client.send(&request(&key)).key(key).await));
        }
        came
    });
    let database = postgres::connect(&url).await?;
    let migration = "BEGIN;
        ALTER TABLE entries ADD COLUMN later BIGINT NOT NULL DEFAULT 7;
        ALTER TABLE attempts ADD COLUMN later TEXT;
        CREATE TABLE later (id BIGINT);
        UPDATE ledger_meta SET version = 99;
        COMMIT";
    database.batch_execute(migration).await?;
    assert_eq!(sending.await?, vec![Came::Posted; 40]);
    assert_eq!(gate.posts().len(), 40);
    // A process of the older version that starts now works as well.
    let client = builder(&gate, connect(&url).await?).build()?;
    assert_eq!(Came::of(&client.send(&request("0")).key("0").await), Came::Existing);
    Ok(())
}

#[tokio::test]
async fn a_migration_that_excludes_older_versions_stops_their_processes_before_the_next_post() -> Outcome {
    let Some(url) = database("breaking").await? else { return Ok(()) };
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox);
    let client = builder(&gate, connect(&url).await?).build()?;
    assert_eq!(Came::of(&client.send(&request("before")).key("before").await), Came::Posted);
    let database = postgres::connect(&url).await?;
    database.batch_execute("UPDATE ledger_meta SET version = 99, least_version = 98").await?;
    let error = client.send(&request("after")).key("after").await.expect_err("a later version has the tables");
    assert!(error.is_ledger(), "{error:?}");
    let cause = std::error::Error::source(&error).ok_or("no cause")?.to_string();
    assert!(cause.contains("later version of this crate (schema 99); only schema 98 or later may write"), "{cause}");
    assert!(client.stats().ledger_failing.is_some());
    assert_eq!(gate.posts().len(), 1);
    let error = connect(&url).await.expect_err("it may not write").to_string();
    assert!(error.contains("only schema 98 or later"), "{error}");
    Ok(())
}
