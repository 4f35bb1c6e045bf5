//! For every fault on the wire, the reported outcome of a POST is right, and the service gets the POST at most once, unless the
//! fault proves that a retry is safe.
//!
//! `COVER_RUNS=100000 cargo test -p cover-api --test never_pays_twice faults::` makes more runs than usual.

use std::sync::Arc;
use std::time::Duration;

use cover_api::runtime::BodySent;
use cover_api::{Client, Error};
use cover_testkit::dns::NoHosts;
use cover_testkit::fault::{Class, Fault};
use cover_testkit::{Outcome, Server, chance, request, runs, tls};

const ATTEMPTS: u32 = 2;

fn client(fault: Fault, url: &str) -> Result<Client, Error> {
    let patience = fault.patience();
    let http = move |http: reqwest::ClientBuilder| {
        let authority = reqwest::Certificate::from_pem(tls::AUTHORITY).into_iter();
        http.timeout(patience).connect_timeout(patience).tls_certs_only(authority)
    };
    let builder = Client::builder("key").base_url(url).rate_limit(1_000, Duration::ZERO);
    builder.max_attempts(ATTEMPTS).retry_window(Duration::from_secs(60)).configure_http(http).build()
}

/// Sends one POST, and compares its reported outcome with what the server got.
async fn run(client: &Client, server: &Server, fault: Fault, marker: String) -> Result<(), String> {
    let result = client.send(&request(&marker)).await;
    let posts = server.posts(&marker);
    let class = fault.class();
    let (is_right, most) = match &result {
        Ok(_) => (class == Class::Task, 1),
        Err(error) => (is_right(class, error), if class == Class::RefusedAgain { ATTEMPTS as usize } else { 1 }),
    };
    let knows_less = result.as_ref().is_err_and(|error| !error.may_have_been_charged() && error.is_not_sent());
    if is_right && posts <= most && (!knows_less || posts == 0) {
        return Ok(());
    }
    Err(format!("{fault:?}, {marker}: {posts} whole POSTs, expected {class:?}: {result:?}"))
}

fn is_right(class: Class, error: &Error) -> bool {
    let attempts = error.attempt().map(|attempt| attempt.number);
    let unknown = error.is_outcome_unknown() && attempts.is_some() && error.may_have_been_charged();
    let again = error.is_not_sent() && attempts == Some(ATTEMPTS) && !error.may_have_been_charged();
    match class {
        Class::Task => false,
        Class::NotSentAgain => again,
        Class::NotSentFinal => error.is_not_sent() && attempts == Some(1) && error.resend_after().is_none(),
        Class::NotSentOrUnknown => again || unknown,
        Class::Refused => error.is_refused() && attempts == Some(1),
        Class::RefusedAgain => error.is_refused() && error.is_rate_limited() && attempts == Some(ATTEMPTS),
        Class::Unknown => unknown && error.resend_after().is_none(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_has_the_outcome_that_the_table_gives() -> Outcome {
    for fault in Fault::ALL {
        let server = Server::start(fault, 1).await?;
        run(&client(fault, &server.url())?, &server, fault, "one".to_owned()).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_runs_of_random_faults() -> Outcome {
    let mut chance = chance();
    let mut sides = Vec::new();
    for fault in Fault::ALL {
        let server = Server::start(fault, chance.u64(..)).await?;
        let client = client(fault, &server.url())?;
        sides.push(Arc::new((fault, client, server)));
    }
    let mut under_way = tokio::task::JoinSet::new();
    let mut faults = Vec::new();
    for number in 0..runs(10_000) {
        // Some requests are longer than one write.
        let (side, long) = (Arc::clone(&sides[chance.usize(0..sides.len())]), chance.usize(0..350));
        let marker = format!("{number} {}", "x".repeat(long));
        if under_way.len() == 64 {
            faults.extend(under_way.join_next().await.transpose()?.and_then(Result::err));
        }
        under_way.spawn(async move { run(&side.1, &side.2, side.0, marker).await });
    }
    while let Some(result) = under_way.join_next().await {
        faults.extend(result?.err());
    }
    assert!(faults.is_empty(), "{} wrong, such as {:#?}", faults.len(), &faults[..faults.len().min(3)]);
    Ok(())
}

#[tokio::test]
async fn an_unknown_outcome_reports_its_evidence_and_is_not_sent_again() -> Outcome {
    let server = Server::start(Fault::AllThenClose, 1).await?;
    let client = client(Fault::AllThenClose, &server.url())?;
    let error = client.send(&request("once")).await.expect_err("no answer came");
    let attempt = error.attempt().ok_or("no attempt")?;
    assert_eq!((attempt.number, attempt.sent, attempt.status), (1, BodySent::Whole, None));
    assert!(attempt.started.elapsed()? < Duration::from_secs(60));
    assert!(
        error.to_string().contains("attempt 1") && error.to_string().contains("the whole body was sent"),
        "{error}"
    );

    let again = client.send(&request("once")).await.expect_err("an equal send is refused");
    assert!(again.is_outcome_unknown() && again.attempt().is_none(), "{again:?}");
    assert_eq!(server.posts("once"), 1);
    assert!(client.send(&request("another")).await.expect_err("no answer").attempt().is_some());

    let risked = client.send_may_charge_twice(&request("once")).await.expect_err("no answer came");
    assert!(risked.attempt().is_some());
    assert_eq!(server.posts("once"), 2);
    assert_eq!((client.stats().posts, client.stats().unknown), (3, 3));
    Ok(())
}

#[tokio::test]
async fn a_send_dropped_after_its_body_was_sent_is_remembered() -> Outcome {
    let server = Server::start(Fault::AllThenSilence, 1).await?;
    let client = client(Fault::Fine, &server.url())?;
    let dropped = tokio::time::timeout(Duration::from_millis(300), client.send(&request("once"))).await;
    assert!(dropped.is_err() && server.posts("once") == 1);
    let again = client.send(&request("once")).await.expect_err("the outcome of the first is unknown");
    assert!(again.is_outcome_unknown(), "{again:?}");
    assert_eq!(server.posts("once"), 1);
    Ok(())
}

#[tokio::test]
async fn an_unknown_host_is_retried_and_nothing_is_sent() -> Outcome {
    let builder = Client::builder("key").base_url("https://nowhere.invalid").max_attempts(ATTEMPTS);
    let client = builder.configure_http(|http| http.tls_certs_only([]).dns_resolver(NoHosts)).build()?;
    let error = client.send(&request("x")).await.expect_err("no such host");
    assert!(is_right(Class::NotSentAgain, &error), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn an_untrusted_certificate_is_not_retried() -> Outcome {
    let server = Server::start(Fault::TlsFine, 1).await?;
    let client =
        Client::builder("key").base_url(server.url()).configure_http(|http| http.tls_certs_only([])).build()?;
    let error = client.send(&request("x")).await.expect_err("not trusted");
    assert!(is_right(Class::NotSentFinal, &error), "{error:?}");
    Ok(())
}

/// Starts a proxy that wants a password.
async fn proxy() -> std::io::Result<String> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).await;
            let _ = stream.write_all(b"HTTP/1.1 407 Who are you\r\ncontent-length: 0\r\n\r\n").await;
        }
    });
    Ok(format!("http://{address}"))
}

#[tokio::test]
async fn a_proxy_that_wants_a_password_is_not_retried() -> Outcome {
    // With TLS, the proxy refuses the tunnel. Without it, the whole request is written before the proxy answers.
    for (scheme, class) in [("https", Class::NotSentFinal), ("http", Class::Unknown)] {
        let proxy = proxy().await?;
        let http = move |http: reqwest::ClientBuilder| match reqwest::Proxy::all(&proxy) {
            Ok(proxy) => http.proxy(proxy),
            Err(_) => http,
        };
        let builder = Client::builder("key").base_url(format!("{scheme}://api.example.com"));
        let client = builder.allow_plain_http().configure_http(http).build()?;
        let error = client.send(&request(scheme)).await.expect_err("no password");
        assert!(is_right(class, &error), "{scheme}: {error:?}");
    }
    Ok(())
}
