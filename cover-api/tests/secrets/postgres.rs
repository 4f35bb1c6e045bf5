//! The password in the address of a database.

use std::time::Duration;

use cover_api::Client;
use cover_api::ledger::PostgresLedger;
use cover_api::sandbox::Sandbox;
use cover_testkit::postgres::{Options, Postgres, Stop};
use cover_testkit::{Outcome, request};

use crate::{KEY, Read};

pub const PASSWORD: &str = "s3cret-of-the-database";

/// Connects in every way that fails, and in one that works until the server stops.
pub async fn postgres(read: &mut Read) -> Outcome {
    for unreadable in [
        "postgres://covers:PASSWORD@db:port/covers",
        "postgres://covers:PASSWORD@db/covers?sslmode=PASSWORD",
        "postgres://covers:half@PASSWORD@db/covers",
        "PASSWORD",
    ] {
        let builder = PostgresLedger::builder(&unreadable.replace("PASSWORD", PASSWORD));
        read.error(&builder.expect_err("it cannot be read"));
    }
    let closed = format!("postgres://covers:{PASSWORD}@127.0.0.1:1/covers");
    let builder = PostgresLedger::builder(&closed)?;
    read.shown(&builder);
    read.error(&builder.connect().await.expect_err("nothing listens there"));

    let Some(server) = Postgres::start_with(Options { tcp: true, ..Options::default() })? else { return Ok(()) };
    let url = server.tcp_url().replacen("postgres@", &format!("postgres:{PASSWORD}@"), 1);
    let nobody = url.replacen("postgres:s3cret", "nobody:s3cret", 1);
    for wrong in [nobody, url.clone() + "s"] {
        read.error(&PostgresLedger::connect(&wrong).await.expect_err("there is no such database or role"));
    }
    read.error(&PostgresLedger::connect(&(url.clone() + "?sslmode=require")).await.expect_err("no TLS"));

    let ledger = PostgresLedger::connect(&url).await?;
    read.shown(&ledger);
    let sandbox = Sandbox::builder().key(KEY).start().await?;
    let client = Client::builder(KEY).base_url(sandbox.url()).rate_limit(64, Duration::ZERO).ledger(ledger).build()?;
    read.shown(&client.send(&request("1")).key("1").await?);
    server.stop(Stop::Immediate)?;
    read.error(&client.send(&request("2")).key("2").await.expect_err("the database is away"));
    read.shown(&(&client, client.stats()));
    server.start_again()?;
    Ok(())
}
