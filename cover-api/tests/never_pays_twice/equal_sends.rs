//! Equal requests: in one client, in two on one ledger, and in clients that are built for each call.

use axum::Router;
use cover_api::Client;
use cover_api::ledger::MemoryLedger;
use cover_testkit::gate::{Came, Gate, Reply};
use cover_testkit::{Outcome, request};

use crate::common::{MILLI, builder, came, in_memory_folder, on_file, queueing, sandbox, signed};

/// Returns a client of a public host name, whose requests arrive at this port of the machine.
fn elsewhere(host: &'static str, port: u16) -> std::result::Result<Client, cover_api::Error> {
    let here = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let builder = Client::builder("sandbox-key").base_url(format!("http://{host}:{port}"));
    builder.allow_plain_http().configure_http(move |http| http.no_proxy().resolve(host, here)).build()
}

async fn serve(router: Router) -> std::io::Result<u16> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(port)
}

#[tokio::test]
async fn a_client_built_for_each_call_remembers_an_unknown_outcome() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::lost());
    let port = serve(gate.router()).await?;
    for _ in 0..2 {
        let client = elsewhere("unknown.covers.example", port)?;
        let sent = client.send(&request("x")).key("order-17").await;
        assert_eq!(Came::of(&sent), Came::Unknown);
    }
    assert_eq!(sandbox.tasks(), 1, "bought twice");
    Ok(())
}

#[tokio::test]
async fn a_client_built_for_each_call_remembers_a_task() -> Outcome {
    let sandbox = sandbox().await?;
    let port = serve(sandbox.router()).await?;
    for was_posted in [true, false] {
        let client = elsewhere("task.covers.example", port)?;
        let task = client.send(&request("x")).key("order-17").await?;
        assert_eq!((task.id(), task.was_posted()), ("task-1", was_posted));
    }
    assert_eq!(sandbox.tasks(), 1, "bought twice");
    Ok(())
}

#[tokio::test]
async fn a_freshly_signed_address_is_the_same_request() -> Outcome {
    let (sandbox, directory) = (sandbox().await?, in_memory_folder()?);
    let (gate, path) = (Gate::new(&sandbox).then(Reply::lost()), directory.path().join("ledger"));
    assert_eq!(came(on_file(&gate, &path).await?.send(&signed("x", "monday")?)).await, Came::Unknown);
    let client = on_file(&gate, &path).await?;
    assert_eq!(came(client.send(&signed("x", "tuesday")?)).await, Came::Unknown);
    assert_eq!(came(client.send(&signed("x", "tuesday")?).key("one")).await, Came::Unknown);
    assert_eq!(gate.posts().len(), 1);
    assert_eq!(came(client.send(&signed("y", "monday")?)).await, Came::Posted);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_equal_send_queued_before_the_first_became_unknown_is_not_posted() -> Outcome {
    for has_key in [false, true] {
        let sandbox = sandbox().await?;
        let gate = Gate::with_usual(&sandbox, Reply::lost());
        let client = queueing(&gate, MemoryLedger::new()).await?;
        let send = || {
            let sending = client.send(&request("x"));
            if has_key { sending.key("one") } else { sending }
        };
        let (first, second, third) =
            tokio::join!(came(send()), came(send()), came(client.send(&request("x")).key("two")));
        assert_eq!([first, second, third], [Came::Unknown; 3]);
        // Another key is another purchase, unless an equal unkeyed one is unknown.
        assert_eq!(gate.posts().len(), if has_key { 2 } else { 1 });
    }
    Ok(())
}

#[tokio::test]
async fn two_clients_on_one_ledger_post_once() -> Outcome {
    let (sandbox, directory) = (sandbox().await?, in_memory_folder()?);
    let late = || Gate::new(&sandbox).then(Reply::Late(100 * MILLI));
    let path = directory.path().join("ledger");
    for key in [Some("one"), None] {
        // Two ledgers on one file are two processes.
        let gate = late();
        let (first, second) = (on_file(&gate, &path).await?, on_file(&gate, &path).await?);
        let send = |client: &Client| {
            let sending = client.send(&request("file"));
            if let Some(key) = key { sending.key(key) } else { sending }
        };
        let (one, two) = tokio::join!(came(send(&first)), came(send(&second)));
        let mut both = [one, two];
        both.sort();
        assert_eq!((both, gate.posts().len()), ([Came::Posted, Came::InProgress], 1), "{key:?}");
        // In one process, the second waits for the first.
        let (gate, ledger) = (late(), MemoryLedger::new());
        let (first, second) = (builder(&gate).ledger(ledger.clone()).build()?, builder(&gate).ledger(ledger).build()?);
        let (one, two) = tokio::join!(came(send(&first)), came(send(&second)));
        let mut both = [one, two];
        both.sort();
        assert_eq!((both, gate.posts().len()), ([Came::Posted, Came::Existing], 1), "{key:?}");
    }
    Ok(())
}
