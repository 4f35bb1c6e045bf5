//! Encrypted connections.

use std::error::Error;

use cover_api::ledger::{LedgerError, PostgresLedger};
use cover_testkit::Outcome;
use cover_testkit::postgres::{Options, Postgres};
use cover_testkit::tls::AUTHORITY;

/// The certificate of an authority that has signed nothing here.
const STRANGER: &[u8] = include_bytes!("../../../tests/testkit/tls/elsewhere.pem");

#[tokio::test]
async fn an_encrypted_connection_needs_a_server_whose_certificate_is_trusted() -> Outcome {
    let Some(server) = Postgres::start_with(Options { tls: true, tcp: true, ..Options::default() })? else {
        return Ok(());
    };
    let url = server.tcp_url().replacen("postgres@", "postgres:s3cret-password@", 1) + "?sslmode=require";
    let connect = async |roots: Option<&[u8]>| {
        let builder = PostgresLedger::builder(&url)?;
        let builder = if let Some(roots) = roots { builder.root_certificates(roots) } else { builder };
        builder.connect().await
    };
    let ledger = connect(Some(AUTHORITY)).await?;
    let database = cover_testkit::postgres::connect(&server.url()).await?;
    let encrypted = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
        WHERE ssl AND application_name = 'cover-api'";
    assert!(database.query_one(encrypted, &[]).await?.get::<_, i64>(0) > 0);
    drop(ledger);

    for roots in [None, Some(STRANGER)] {
        let error: LedgerError = connect(roots).await.expect_err("nobody vouches for the certificate");
        let text = error.to_string();
        assert!(text.contains("certificate"), "{text}");
        assert!(!everything(&error).contains("s3cret"), "{}", everything(&error));
    }
    let error = connect(Some(b"-----BEGIN CERTIFICATE-----\n???")).await.expect_err("it is not PEM").to_string();
    assert!(error.contains("root certificates are not PEM"), "{error}");

    // A server without encryption is refused.
    let Some(server) = Postgres::start_with(Options { tcp: true, ..Options::default() })? else { return Ok(()) };
    let error =
        PostgresLedger::connect(&(server.tcp_url() + "?sslmode=require")).await.expect_err("no TLS").to_string();
    assert!(error.contains("TLS"), "{error}");
    Ok(())
}

/// Returns what an error shows, with its causes.
fn everything(error: &LedgerError) -> String {
    let mut shown = Vec::new();
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        shown.push(format!("{error} {error:?}"));
        cause = error.source();
    }
    shown.join("\n")
}
