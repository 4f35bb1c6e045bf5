//! Workers of a workflow engine are killed, suspended and cancelled in the middle of their activities: each key is bought once, although the
//! engine starts the activities again.
//!
//! The workers share a ledger in a file or in a PostgreSQL database. `.ci/engine` runs these tests, since they need the engine. `COVER_ENGINE` is the program of `tests/engines/temporal`, and
//! `COVER_ENGINE_SERVER` the host and port of the engine's server.

mod careless;
mod keyed;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use cover_api::ledger::PostgresLedger;
use cover_testkit::ledger_database::Database;
use cover_testkit::postgres::Postgres;
use cover_testkit::process::{Process, run};
use cover_testkit::service::{Ends, Habits, Service};
use cover_testkit::{ACCOUNT, Result};
use tokio::time::sleep;

/// A service, a ledger, and a workflow that no other test has.
struct Trial {
    service: Service,
    folder: tempfile::TempDir,
    /// Address of the database that has the ledger. `None`: a file has it.
    database: Option<String>,
    /// Id of the workflow, its task queue, and the prompt of its request.
    id: String,
}

impl Trial {
    /// Returns a trial with a ledger in a file.
    async fn on_a_file() -> Result<Self> {
        let mut chance = fastrand::Rng::new();
        let id = format!("order-{}", chance.u32(..));
        let service = Service::start(Habits { takes: 0..1, refuses: 0.0, breaks: 0.0 }, &mut chance).await?;
        Ok(Self { service, folder: tempfile::tempdir()?, database: None, id })
    }

    /// Returns a trial with a ledger in PostgreSQL, or `None` if that is not installed.
    async fn on_postgres() -> Result<Option<Self>> {
        let Some(server) = Postgres::shared()? else { return Ok(None) };
        let trial = Self::on_a_file().await?;
        Ok(Some(Self { database: Some(server.database(&trial.id).await?), ..trial }))
    }

    /// Returns a trial for each kind of ledger.
    async fn on_both() -> Result<Vec<Self>> {
        Ok([Some(Self::on_a_file().await?), Self::on_postgres().await?].into_iter().flatten().collect())
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("covers.db")
    }

    fn marker(&self) -> PathBuf {
        self.folder.path().join("paused")
    }

    /// Starts a worker.
    fn worker(&self) -> Result<Process> {
        Process::start_silently(&mut self.worker_command()?)
    }

    /// Starts a worker that stops at a moment of its activity. [`until_paused`](Self::until_paused) waits for that.
    fn worker_that_pauses(&self, moment: &str) -> Result<Process> {
        Process::start_silently(self.worker_command()?.arg(moment).arg(self.marker()))
    }

    fn worker_command(&self) -> Result<Command> {
        let mut command = engine("worker")?;
        command.arg(&self.id).arg(&self.service.url);
        match &self.database {
            Some(url) => command.arg(url),
            None => command.arg(self.file()),
        };
        command.stderr(File::options().create(true).append(true).open(self.log())?);
        Ok(command)
    }

    /// The file that has the errors of all workers.
    fn log(&self) -> PathBuf {
        self.folder.path().join("errors.txt")
    }

    /// Waits until a worker has said this.
    async fn until_said(&self, text: &str) {
        until(|| std::fs::read_to_string(self.log()).is_ok_and(|log| log.contains(text))).await;
    }

    async fn until_paused(&self) {
        until(|| self.marker().exists()).await;
    }

    /// Waits until the service has created a task, and its reply is held back.
    async fn until_created(&self) {
        until(|| self.service.sandbox.tasks() > 0).await;
    }

    /// Starts the workflow. The process ends with it.
    fn start(&self, workflow: &str) -> Result<Process> {
        Process::start(engine("run")?.args([&self.id, workflow, &self.id]))
    }

    /// Asks the engine to cancel the workflow.
    fn cancel(&self) -> Result<()> {
        run(engine("cancel")?.arg(&self.id)).map(drop)
    }

    /// Waits for the end of the workflow. Returns `done` and a task, or `failed` and an error.
    fn end(&self, workflow: Process) -> Result<(String, String)> {
        Ok(workflow.finish()?.remove(&self.id).ok_or("it said nothing")?)
    }

    /// Returns the prompt of each key.
    fn prompts(&self) -> BTreeMap<String, String> {
        BTreeMap::from([(format!("{}/cover", self.id), self.id.clone())])
    }

    /// Opens the database that has the ledger.
    async fn database(&self) -> Result<Database> {
        Database::open(self.database.as_ref().ok_or("a file has the ledger")?).await
    }

    /// Compares the service with the ledger.
    async fn check(&self) -> Result<Ends> {
        if self.database.is_none() {
            return self.service.check(&self.file(), &self.prompts());
        }
        let database = self.database().await?;
        assert_eq!(database.duplicates().await?, 0, "the ledger lists duplicate charges");
        Ok(self.service.check_entries(&database.entries().await?, &self.prompts()))
    }

    /// Resolves the unknown outcome by the service's own list of tasks, as a person would.
    async fn resolve(&self) -> Result<(usize, usize)> {
        let client = match &self.database {
            Some(url) => self.service.client_with(ACCOUNT, PostgresLedger::connect(url).await?)?,
            None => self.service.client(ACCOUNT, &self.file()).await?,
        };
        self.service.resolve_all(&client, &self.prompts()).await
    }

    /// Returns the ids of the tasks that were created, each of which was charged.
    fn charged(&self) -> Vec<String> {
        self.service.created().remove(&self.id).unwrap_or_default()
    }
}

/// Returns a command of the program of `tests/engines`.
fn engine(what: &str) -> Result<Command> {
    let variable = |name| std::env::var(name).map_err(|_| format!("{name} is not set: run .ci/engine"));
    let (program, server) = (variable("COVER_ENGINE")?, variable("COVER_ENGINE_SERVER")?);
    let mut command = Command::new(Path::new(&program));
    command.arg(what).arg(server).env("RUST_BACKTRACE", "0");
    Ok(command)
}

/// Waits for this, for up to a minute.
async fn until(is_true: impl Fn() -> bool) {
    for _ in 0..6_000 {
        if is_true() {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not happen within a minute");
}
