//! `cover sandbox` and `cover completions`.

use std::io::{self, Write};

use clap::ArgMatches;
use serde_json::json;

use super::{cli, interrupt};
use crate::exit::{Exit, Failure};
use crate::screen::Screen;
use crate::settings::{Options, SIGNING_KEY_VARIABLE};

/// Serves a sandbox until Ctrl-C.
pub(super) async fn sandbox(options: &Options, screen: &Screen, matches: &ArgMatches) -> Result<Exit, Failure> {
    let builder = options.sandbox()?;
    let builder = match matches.get_one::<u16>("port") {
        Some(port) => builder.port(*port),
        None => builder,
    };
    let sandbox = builder.start().await.map_err(|error| Failure::usage(error.to_string()))?;
    let main = options.catalog.main()?;
    let api = main.spec.api();
    let (url, key) = (sandbox.url(), sandbox.key());
    let is_signed = api.callback.as_ref().is_some_and(|callback| callback.signature.is_some());
    let signing = is_signed.then(|| sandbox.signing_key());
    let signing_export = signing.map(|key| format!("\nexport {SIGNING_KEY_VARIABLE}={key}")).unwrap_or_default();
    let pressed = interrupt::pressed();
    screen.result(
        &format!("export {}={url}\nexport {}={key}{signing_export}", api.env_url, api.env_key),
        &json!({ "event": "sandbox", "address": url, "key": key, "signing_key": signing }),
    );
    pressed.await;
    Ok(Exit::Done)
}

pub(super) fn completions(options: &Options, matches: &ArgMatches) -> Result<Exit, Failure> {
    let shell = *matches.get_one::<clap_complete::Shell>("shell").expect("it is required");
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut cli::whole_command(&options.catalog)?, "cover", &mut text);
    print(&text)
}

pub(super) fn print(text: &[u8]) -> Result<Exit, Failure> {
    match io::stdout().write_all(text) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::usage(error.to_string())),
        _ => Ok(Exit::Done),
    }
}
