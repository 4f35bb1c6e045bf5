//! Encrypted connections. The command chooses another cryptography than cover-api by itself, whose own tests do not cover it.

use cover_testkit::postgres::{Options, Postgres};
use cover_testkit::{Outcome, tls};
use tokio::runtime::Runtime;

use crate::support::{Home, Service};

/// Makes a home that trusts the authority of the tests and nobody else.
fn trusting(home: Home) -> Home {
    let file = home.path().join("authority.pem");
    std::fs::write(&file, tls::AUTHORITY).expect("the folder can be written to");
    let file = file.to_str().expect("it is UTF-8").to_owned();
    home.with("SSL_CERT_FILE", &file)
}

#[test]
fn a_song_becomes_two_files_over_https() -> Outcome {
    let service = Service::start();
    let runtime = Runtime::new()?;
    let address = runtime.block_on(tls::relay(service.url().trim_start_matches("http://").parse()?))?;
    let home = || Home::at(&service).with("COVER_API_URL", &format!("https://{address}"));

    let said = home().song_to_cover(&[]);
    assert!(said.code != 0 && said.err.contains("certificate"), "{said:?}");
    assert_eq!(service.sandbox.tasks(), 0, "nothing is sent to a service that nobody vouches for");

    let home = trusting(home());
    home.song_to_cover(&[]).expect(0);
    home.expect_covers(2);
    Ok(())
}

#[test]
fn the_ledger_of_a_team_is_reached_by_tls() -> Outcome {
    let Some(server) = Postgres::start_with(Options { tls: true, tcp: true, ..Options::default() })? else {
        return Ok(());
    };
    let service = Service::start();
    let ledger = server.tcp_url() + "?sslmode=require";
    let list = |home: Home| home.cover(["--ledger", &ledger, "list"]);

    let said = list(Home::at(&service));
    assert!(said.code != 0 && said.err.contains("certificate"), "{said:?}");
    list(trusting(Home::at(&service))).expect(0);
    Ok(())
}
