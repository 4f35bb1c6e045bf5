//! The proxy that other tests cut connections and part machines with.

use std::time::Duration;

use cover_testkit::Outcome;
use cover_testkit::postgres::{Options, Postgres, connect};
use cover_testkit::proxy::Proxy;
use tokio::time::{sleep, timeout};

/// Longer than any answer takes that is not held back.
const SILENCE: Duration = Duration::from_millis(300);

#[tokio::test]
async fn a_cut_closes_all_connections_and_the_next_one_works() -> Outcome {
    let Some(server) = Postgres::start_with(Options { tcp: true, ..Options::default() })? else { return Ok(()) };
    for address in [server.address(), server.tcp_address()] {
        let proxy = Proxy::to(address).await?;
        let url = proxy.address().url("postgres");
        let (idle, busy) = (connect(&url).await?, connect(&url).await?);
        idle.batch_execute("SELECT 1").await?;
        let (slept, ()) = tokio::join!(busy.batch_execute("SELECT pg_sleep(60)"), async {
            sleep(SILENCE).await;
            proxy.cut().await;
        });
        assert!(slept.unwrap_err().is_closed());
        idle.batch_execute("SELECT 1").await.unwrap_err();
        connect(&url).await?.batch_execute("SELECT 1").await?;
    }
    Ok(())
}

#[tokio::test]
async fn behind_a_partition_nothing_is_heard_until_it_heals_and_then_nothing_is_lost() -> Outcome {
    let Some(server) = Postgres::start_with(Options { tcp: true, ..Options::default() })? else { return Ok(()) };
    for address in [server.address(), server.tcp_address()] {
        let proxy = Proxy::to(address).await?;
        let url = proxy.address().url("postgres");
        let client = connect(&url).await?;
        proxy.partition();
        let mut asks = Box::pin(client.batch_execute("SELECT 1"));
        let mut connects = Box::pin(connect(&url));
        timeout(SILENCE, &mut asks).await.unwrap_err();
        timeout(SILENCE, &mut connects).await.map(drop).unwrap_err();
        proxy.heal();
        asks.await?;
        connects.await?.batch_execute("SELECT 1").await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_connection_that_is_cut_behind_a_partition_does_not_come_back() -> Outcome {
    let Some(server) = Postgres::shared()? else { return Ok(()) };
    let proxy = Proxy::to(server.address()).await?;
    let client = connect(&proxy.address().url("postgres")).await?;
    proxy.partition();
    let mut asks = Box::pin(client.batch_execute("SELECT 1"));
    timeout(SILENCE, &mut asks).await.unwrap_err();
    proxy.cut().await;
    proxy.heal();
    assert!(asks.await.unwrap_err().is_closed());
    Ok(())
}

#[tokio::test]
async fn a_dropped_proxy_closes_its_connections() -> Outcome {
    let Some(server) = Postgres::shared()? else { return Ok(()) };
    let proxy = Proxy::to(server.address()).await?;
    let url = proxy.address().url("postgres");
    let client = connect(&url).await?;
    drop(proxy);
    client.batch_execute("SELECT 1").await.unwrap_err();
    connect(&url).await.unwrap_err();
    Ok(())
}
