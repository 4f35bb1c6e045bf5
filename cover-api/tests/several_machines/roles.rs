//! The roles of the guide.

use cover_api::ledger::conformance::Suite;
use cover_api::ledger::{LedgerError, PostgresLedger};
use cover_testkit::{Outcome, postgres};

use crate::common::{connect, database};
use crate::guide::sql;

/// Returns the address of the same database for another role.
fn url_for(role: &str, url: &str) -> String {
    url.replacen("//postgres@", &format!("//{role}@"), 1)
}

#[tokio::test]
async fn a_role_without_the_right_to_change_tables_can_do_everything_else() -> Outcome {
    let Some(url) = database("roles").await? else { return Ok(()) };
    drop(connect(&url).await?);
    let database = postgres::connect(&url).await?;
    // Earlier versions of PostgreSQL let everybody create tables there.
    database.batch_execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC").await?;
    database.batch_execute(sql("A role for the application")?).await?;
    database.batch_execute(sql("A role for dashboards")?).await?;

    let app = url_for("covers_app", &url);
    Suite::new(async || PostgresLedger::builder(&app)?.without_migration().connect().await)
        .processes(3)
        .leases(true)
        .contract()
        .await?;
    let app = postgres::connect(&app).await?;
    for change in
        ["DROP TABLE attempts", "CREATE TABLE other ()", "UPDATE ledger_meta SET version = 9", "TRUNCATE entries"]
    {
        assert!(app.batch_execute(change).await.is_err(), "{change}");
    }
    app.batch_execute(sql("Forget what was spent more than 90 days ago")?).await?;

    let reader = postgres::connect(&url_for("covers_read", &url)).await?;
    for title in crate::questions::TITLES {
        reader.query(sql(title)?, &[]).await.map_err(|error| format!("{title}: {error:?}"))?;
    }
    for change in ["DELETE FROM entries", "UPDATE attempts SET started = 0"] {
        assert!(reader.batch_execute(change).await.is_err(), "{change}");
    }
    Ok(())
}

#[tokio::test]
async fn a_role_that_may_not_create_tables_is_told_what_to_do() -> Outcome {
    let Some(url) = database("powerless").await? else { return Ok(()) };
    let database = postgres::connect(&url).await?;
    database.batch_execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE ROLE powerless LOGIN").await?;
    let url = url_for("powerless", &url);
    let error = PostgresLedger::connect(&url).await.expect_err("it may not create tables").to_string();
    for part in ["its tables are missing", "migrating them failed", "PostgresLedger::schema_sql()"] {
        assert!(error.contains(part), "{error}");
    }
    let without = async || PostgresLedger::builder(&url)?.without_migration().connect().await;
    let error: LedgerError = without().await.expect_err("there are no tables");
    assert!(error.to_string().contains("its tables are missing; apply the SQL"), "{error}");
    Ok(())
}
