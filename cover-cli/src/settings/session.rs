//! Everything that a command needs to talk to the service.

use std::path::PathBuf;
use std::time::Duration;

use clap::ArgMatches;
use cover_api::runtime::{AnyService, Client, ClientBuilder};
use cover_api::sandbox::Sandbox;
use secrecy::SecretString;
use url::Url;

use super::key::Sources;
use super::ledger::{self, Place};
use super::{Folders, callbacks, folders, is_local};
use crate::exit::{Exit, Failure};
use crate::operation::{Catalog, Operation};
use crate::runs::Runs;
use crate::screen::Screen;

/// The pauses between two polls of a sandbox, whose tasks take a second.
const SANDBOX_POLLS: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(200)];
/// The pauses between two polls of a sandbox in another process, which keeps the rate limit of the service.
const LOCAL_POLLS: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(1)];
/// The number of concurrent requests to a sandbox in this process.
const SANDBOX_REQUESTS: u32 = 64;

/// The flags that all commands have.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) catalog: Catalog,
    pub(crate) uses_sandbox: bool,
    pub(crate) json: bool,
    /// The address of `cover listen`, at which the service reaches this user.
    pub(crate) callback: Option<String>,
    ledger: Option<String>,
    key_file: Option<PathBuf>,
    key_command: Option<String>,
}

/// A client of the main operation, with what the command remembers.
pub(crate) struct Session {
    pub(crate) catalog: Catalog,
    pub(crate) client: Client<AnyService>,
    pub(crate) runs: Runs,
    pub(crate) screen: Screen,
    pub(crate) has_memory: bool,
    /// The service that `--sandbox` asks for. It lives as long as the session.
    _sandbox: Option<Sandbox>,
}

impl Options {
    pub(crate) fn of(catalog: Catalog, matches: &ArgMatches) -> Self {
        let uses_sandbox = matches.get_flag("sandbox");
        Self {
            catalog,
            uses_sandbox,
            json: matches.get_flag("json"),
            callback: callbacks::address().filter(|_| !uses_sandbox),
            ledger: matches.get_one::<String>("ledger").cloned(),
            key_file: matches.get_one::<PathBuf>("key-file").cloned(),
            key_command: matches.get_one::<String>("key-command").cloned(),
        }
    }

    /// Opens the ledger and makes the client.
    pub(crate) async fn open(&self, screen: Screen) -> Result<Session, Failure> {
        self.open_with(screen, |builder| builder).await
    }

    /// Opens the ledger and makes the client, with further settings.
    pub(crate) async fn open_with(
        &self,
        screen: Screen,
        set: impl FnOnce(ClientBuilder<AnyService>) -> ClientBuilder<AnyService>,
    ) -> Result<Session, Failure> {
        let main = self.catalog.main()?;
        if self.uses_sandbox {
            return self.open_sandbox(main, screen, set).await;
        }
        let folders = Folders::find()?;
        let api = main.spec.api();
        let key = self.key(&folders, &api.env_key)?.ok_or_else(|| no_key(&main, &api.env_key))?;
        let mut builder = Client::<AnyService>::of_spec(&main.spec, key);
        // As the ledger names it.
        let mut account = api.account.clone().unwrap_or_else(|| api.base_url.clone()).into_owned();
        if let Ok(url) = std::env::var(&*api.env_url) {
            let is_sandbox = Url::parse(&url).is_ok_and(|url| is_local(&url));
            account.clone_from(&url);
            builder = builder.base_url(url);
            if is_sandbox {
                // A sandbox in another process.
                builder = builder.poll_every(LOCAL_POLLS[0], LOCAL_POLLS[1]);
            }
        }
        let builder = match &self.callback {
            Some(address) if api.callback.is_some() => callbacks::set_up(builder, &api, address, &folders)?,
            _ => builder,
        };
        let builder = match Place::find(self.ledger.as_deref(), &folders.ledger())? {
            Place::File(path) => builder.ledger(ledger::file(&path).await?),
            #[cfg(feature = "postgres")]
            Place::Database(url) => builder.ledger(ledger::database(&url).await?),
            #[cfg(not(feature = "postgres"))]
            Place::Database(_) => return Err(Failure::usage("--ledger: this `cover` was built without PostgreSQL")),
        };
        folders::create(&folders.state)?;
        let runs = Runs::open(&folders.runs(), account)?;
        let client = set(builder).build()?;
        Ok(Session { catalog: self.catalog.clone(), client, runs, screen, has_memory: true, _sandbox: None })
    }

    async fn open_sandbox(
        &self,
        main: Operation,
        screen: Screen,
        set: impl FnOnce(ClientBuilder<AnyService>) -> ClientBuilder<AnyService>,
    ) -> Result<Session, Failure> {
        let sandbox = self.sandbox()?.without_rate_limit().start().await;
        let sandbox = sandbox.map_err(|error| Failure::new(Exit::Refused, format!("--sandbox: {error}")))?;
        let builder = Client::<AnyService>::of_spec(&main.spec, sandbox.key().to_owned())
            .base_url(sandbox.url())
            .poll_every(SANDBOX_POLLS[0], SANDBOX_POLLS[1])
            .rate_limit(SANDBOX_REQUESTS, Duration::ZERO);
        let client = set(builder).build()?;
        let runs = Runs::in_memory()?;
        Ok(Session { catalog: self.catalog.clone(), client, runs, screen, has_memory: false, _sandbox: Some(sandbox) })
    }

    /// Returns a sandbox with all operations of the catalog.
    pub(crate) fn sandbox(&self) -> Result<cover_api::sandbox::SandboxBuilder, Failure> {
        match &self.catalog {
            Catalog::Shipped => Ok(Sandbox::builder().every_shipped()),
            Catalog::File(_) => Ok(Sandbox::builder().parsed(&self.catalog.main()?.spec)),
        }
    }

    fn key(&self, folders: &Folders, variable: &str) -> Result<Option<SecretString>, Failure> {
        let stored = folders.key();
        let sources =
            Sources { command: self.key_command.as_deref(), file: self.key_file.as_deref(), variable, stored: &stored };
        sources.find()
    }
}

impl Session {
    /// Returns the client of an operation of the account.
    pub(crate) fn client_of(&self, operation: &Operation) -> Result<Client<AnyService>, Failure> {
        Ok(self.client.account().operation_from_spec(&operation.spec)?)
    }
}

fn no_key(main: &Operation, variable: &str) -> Failure {
    let docs = main.spec.service.docs.as_ref().map(|docs| format!("the service's page: {}\n", **docs));
    Failure::usage("there is no API key").hint(format!(
        "{}`cover setup` stores one; else set {variable}, or use `--key-file` or `--key-command`\nto try it without a key, for free: \
         add `--sandbox`",
        docs.unwrap_or_default()
    ))
}
