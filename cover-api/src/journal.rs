//! A file that remembers what was paid for, also when the process is killed.
//!
//! Before a request is sent, the journal says that it is about to be; after the reply, what became of it; at the end, how
//! the task ended. Each of these is on the disk before anything else happens. So after a crash at any moment:
//!
//! - a task that was paid for is [`Running`](Standing::Running): [`Client::unfinished`](crate::runtime::Client::unfinished)
//!   resumes it,
//! - a request in the middle of its POST is [`Unknown`](Standing::Unknown), and a client with this journal does not send an
//!   equal one,
//! - nothing is ever sent by opening a journal.
//!
//! ```
//! use cover_api::journal::{Journal, Standing};
//! use cover_api::sandbox::Sandbox;
//! use cover_api::{Client, CoverRequest, Model};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("covers.redb");
//! # let sandbox = Sandbox::builder().stage_each_poll().start().await?;
//! let request = CoverRequest::non_custom()
//!     .upload_url("https://storage.example.com/song.mp3")
//!     .without_callback()
//!     .model(Model::V5)
//!     .prompt("A calm night drive through the rain")
//!     .build()?;
//! let client = Client::builder(sandbox.key()).base_url(sandbox.url()).journal(Journal::open(&path)?).build()?;
//! client.send(&request).label("order 17").await?;
//! drop(client); // or the process is killed
//!
//! let journal = Journal::open(&path)?;
//! let client = Client::builder(sandbox.key()).base_url(sandbox.url()).journal(journal.clone()).build()?;
//! for task in client.unfinished()? {
//!     println!("goes on: {}", task.id());
//! }
//! for entry in journal.entries()? {
//!     if entry.standing == Standing::Unknown {
//!         println!("look at your account: {:?} of {:?}", entry.label, entry.sent);
//!     }
//! }
//! # assert_eq!(client.unfinished()?.len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! Neither the key nor the request's fields are in it: of a request there is a number that stands for it, and your label.
//! One process at a time can have it open.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use redb::{Database, ReadableDatabase, ReadableTable, Table, TableDefinition, WriteTransaction};
use serde_json::{Value, json};

use crate::runtime::ledger::{End, Note, Standing as Now};
#[cfg(feature = "callback")]
use crate::runtime::news::AttemptId;
use crate::runtime::unknown::Fingerprint;

const ENTRIES: TableDefinition<'_, u64, &str> = TableDefinition::new("entries");
/// Tasks, marked with their service, by the number of their entry.
const TASKS: TableDefinition<'_, (&str, &str), u64> = TableDefinition::new("tasks");

/// Attempts to which callbacks can come, by the number of their entry.
const ATTEMPTS: TableDefinition<'_, u128, u64> = TableDefinition::new("attempts");

/// A file that remembers what was paid for. Cloning is cheap: all clones are the same journal.
#[derive(Clone)]
pub struct Journal {
    database: Arc<Database>,
}

/// What a journal says of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Tells entries apart; later ones have greater numbers.
    pub id: u64,
    /// The service that the request is for, as the spec calls it.
    pub service: String,
    /// What the request was labelled with.
    pub label: Option<String>,
    /// When its last attempt began.
    pub sent: SystemTime,
    /// How many attempts were made.
    pub attempts: u32,
    /// How it stands.
    pub standing: Standing,
    fingerprint: Fingerprint,
}

/// How a request stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// It is being sent by this process, or was when its [`Sending`](crate::runtime::Sending) was dropped.
    Sending,
    /// It was not sent, or was refused: nothing was created.
    NotSent,
    /// Nobody knows what became of it: it may have been charged. It is never sent again by itself.
    Unknown,
    /// It became a task, whose end has not been seen.
    Running {
        /// The id that the service gave the task.
        task: String,
    },
    /// Its task is done.
    Done {
        /// The id that the service gave the task.
        task: String,
        /// Its last status.
        status: String,
    },
    /// Its task has failed.
    Failed {
        /// The id that the service gave the task.
        task: String,
        /// Its last status.
        status: String,
    },
}

impl Journal {
    /// Opens a journal, and makes it where there is none. What was being sent when its last process ended is
    /// [`Unknown`](Standing::Unknown) from now on.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read or written, is no journal, or another process has it open.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        let database = Arc::new(Database::create(path).map_err(JournalError::new)?);
        let journal = Self { database };
        journal.change(|Tables { entries, .. }| {
            for mut entry in all(entries)? {
                if entry.standing == Standing::Sending {
                    entry.standing = Standing::Unknown;
                    put(entries, &entry)?;
                }
            }
            Ok(())
        })?;
        Ok(journal)
    }

    /// Everything that it remembers, in the order of sending.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read.
    pub fn entries(&self) -> Result<Vec<Entry>, JournalError> {
        let read = self.database.begin_read().map_err(JournalError::new)?;
        all(&read.open_table(ENTRIES).map_err(JournalError::new)?)
    }

    /// Forgets an entry: of what is over, or of an unknown outcome that was cleared up by looking at the account.
    ///
    /// # Errors
    ///
    /// Where the file cannot be written.
    pub fn forget(&self, id: u64) -> Result<(), JournalError> {
        self.change(|Tables { entries, tasks, attempts }| {
            attempts.retain(|_, entry| entry != id).map_err(JournalError::new)?;
            let removed = entries.remove(id).map_err(JournalError::new)?;
            let entry = removed.map(|text| Entry::read(id, text.value())).transpose()?;
            if let Some((entry, task)) = entry.as_ref().and_then(|entry| Some((entry, entry.standing.task()?))) {
                tasks.remove((entry.service.as_str(), task)).map_err(JournalError::new)?;
            }
            Ok(())
        })
    }

    pub(crate) async fn write(&self, note: Note, standing: Now) -> Result<u64, JournalError> {
        let journal = self.clone();
        blocking(move || journal.change(|tables| record(tables, &note, &standing))).await
    }

    pub(crate) async fn end(
        &self,
        service: &'static str,
        task: String,
        end: End,
        status: String,
    ) -> Result<(), JournalError> {
        let journal = self.clone();
        blocking(move || {
            journal.change(|Tables { entries, tasks, .. }| {
                let id = tasks.get((service, task.as_str())).map_err(JournalError::new)?.map(|id| id.value());
                let Some(mut entry) = id.map(|id| get(entries, id)).transpose()?.flatten() else { return Ok(()) };
                entry.standing = match end {
                    End::Done => Standing::Done { task, status },
                    End::Failed => Standing::Failed { task, status },
                };
                put(entries, &entry)
            })
        })
        .await
    }

    /// The request of an attempt of which nothing is known to have come.
    #[cfg(feature = "callback")]
    pub(crate) async fn lost(
        &self,
        service: &'static str,
        attempt: AttemptId,
    ) -> Result<Option<Fingerprint>, JournalError> {
        let journal = self.clone();
        blocking(move || {
            let read = journal.database.begin_read().map_err(JournalError::new)?;
            let attempts = read.open_table(ATTEMPTS).map_err(JournalError::new)?;
            let entries = read.open_table(ENTRIES).map_err(JournalError::new)?;
            let entry = of_attempt(&entries, &attempts, attempt)?;
            Ok(entry.filter(|entry| entry.is_lost(service)).map(|entry| entry.fingerprint))
        })
        .await
    }

    /// An attempt became a task after all.
    #[cfg(feature = "callback")]
    pub(crate) async fn found(
        &self,
        service: &'static str,
        attempt: AttemptId,
        task: String,
    ) -> Result<(), JournalError> {
        let journal = self.clone();
        blocking(move || {
            journal.change(|tables| match of_attempt(&tables.entries, &tables.attempts, attempt)? {
                Some(entry) if entry.is_lost(service) => tables.runs(entry, task),
                _ => Ok(()),
            })
        })
        .await
    }

    /// One change, on the disk when this returns.
    fn change<T>(&self, change: impl FnOnce(&mut Tables<'_>) -> Result<T, JournalError>) -> Result<T, JournalError> {
        let write: WriteTransaction = self.database.begin_write().map_err(JournalError::new)?;
        let changed = {
            let mut tables = Tables {
                entries: write.open_table(ENTRIES).map_err(JournalError::new)?,
                tasks: write.open_table(TASKS).map_err(JournalError::new)?,
                attempts: write.open_table(ATTEMPTS).map_err(JournalError::new)?,
            };
            change(&mut tables)?
        };
        write.commit().map_err(JournalError::new)?;
        Ok(changed)
    }
}

/// The tables, while one change is made.
struct Tables<'a> {
    entries: Table<'a, u64, &'static str>,
    tasks: Table<'a, (&'static str, &'static str), u64>,
    attempts: Table<'a, u128, u64>,
}

impl Tables<'_> {
    /// A request became this task.
    fn runs(&mut self, mut entry: Entry, task: String) -> Result<(), JournalError> {
        self.tasks.insert((entry.service.as_str(), task.as_str()), entry.id).map_err(JournalError::new)?;
        entry.standing = Standing::Running { task };
        put(&mut self.entries, &entry)
    }
}

/// A change of the file waits for the disk, which must not keep other work waiting.
async fn blocking<T: Send + 'static>(
    change: impl FnOnce() -> Result<T, JournalError> + Send + 'static,
) -> Result<T, JournalError> {
    tokio::task::spawn_blocking(change).await.unwrap_or_else(|error| Err(JournalError::new(error)))
}

fn record(tables: &mut Tables<'_>, note: &Note, now: &Now) -> Result<u64, JournalError> {
    let known = note.entry.map(|id| get(&tables.entries, id)).transpose()?.flatten();
    let mut entry = match known {
        Some(entry) => entry,
        None => Entry::new(next(&tables.entries)?, note),
    };
    let id = entry.id;
    match now {
        Now::Sending { attempt } => {
            (entry.attempts, entry.sent) = (*attempt, SystemTime::now());
            entry.standing = Standing::Sending;
            if let Some(attempt) = note.attempt {
                tables.attempts.insert(attempt.0, id).map_err(JournalError::new)?;
            }
        }
        Now::NotSent => entry.standing = Standing::NotSent,
        Now::Unknown => entry.standing = Standing::Unknown,
        Now::Running { task } => {
            tables.runs(entry, task.clone())?;
            return Ok(id);
        }
    }
    put(&mut tables.entries, &entry)?;
    Ok(id)
}

/// The entry of an attempt.
#[cfg(feature = "callback")]
fn of_attempt(
    entries: &impl ReadableTable<u64, &'static str>,
    attempts: &impl ReadableTable<u128, u64>,
    attempt: AttemptId,
) -> Result<Option<Entry>, JournalError> {
    let id = attempts.get(attempt.0).map_err(JournalError::new)?.map(|id| id.value());
    Ok(id.map(|id| get(entries, id)).transpose()?.flatten())
}

fn next(entries: &impl ReadableTable<u64, &'static str>) -> Result<u64, JournalError> {
    Ok(entries.last().map_err(JournalError::new)?.map_or(1, |(id, _)| id.value() + 1))
}

fn get(entries: &impl ReadableTable<u64, &'static str>, id: u64) -> Result<Option<Entry>, JournalError> {
    let text = entries.get(id).map_err(JournalError::new)?;
    text.map(|text| Entry::read(id, text.value())).transpose()
}

fn put(entries: &mut Table<'_, u64, &'static str>, entry: &Entry) -> Result<(), JournalError> {
    entries.insert(entry.id, entry.to_json().to_string().as_str()).map_err(JournalError::new)?;
    Ok(())
}

fn all(entries: &impl ReadableTable<u64, &'static str>) -> Result<Vec<Entry>, JournalError> {
    let pairs = entries.iter().map_err(JournalError::new)?;
    pairs
        .map(|pair| {
            let (id, text) = pair.map_err(JournalError::new)?;
            Entry::read(id.value(), text.value())
        })
        .collect()
}

impl Standing {
    fn word(&self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::NotSent => "not sent",
            Self::Unknown => "unknown",
            Self::Running { .. } => "running",
            Self::Done { .. } => "done",
            Self::Failed { .. } => "failed",
        }
    }

    fn task(&self) -> Option<&str> {
        match self {
            Self::Running { task } | Self::Done { task, .. } | Self::Failed { task, .. } => Some(task),
            Self::Sending | Self::NotSent | Self::Unknown => None,
        }
    }

    fn status(&self) -> Option<&str> {
        match self {
            Self::Done { status, .. } | Self::Failed { status, .. } => Some(status),
            _ => None,
        }
    }

    fn read(word: &str, task: Option<String>, status: Option<String>) -> Option<Self> {
        Some(match word {
            "sending" => Self::Sending,
            "not sent" => Self::NotSent,
            "unknown" => Self::Unknown,
            "running" => Self::Running { task: task? },
            "done" => Self::Done { task: task?, status: status? },
            "failed" => Self::Failed { task: task?, status: status? },
            _ => return None,
        })
    }
}

impl Entry {
    fn new(id: u64, note: &Note) -> Self {
        Self {
            id,
            service: note.service.to_owned(),
            label: note.label.clone(),
            sent: SystemTime::now(),
            attempts: 0,
            standing: Standing::NotSent,
            fingerprint: note.fingerprint,
        }
    }

    pub(crate) fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// Is it a request of this service of which nothing is known to have come?
    #[cfg(feature = "callback")]
    fn is_lost(&self, service: &str) -> bool {
        self.service == service && matches!(self.standing, Standing::Sending | Standing::NotSent | Standing::Unknown)
    }

    /// The id of its task, where it became one.
    #[must_use]
    pub fn task(&self) -> Option<&str> {
        self.standing.task()
    }

    fn to_json(&self) -> Value {
        let sent = self.sent.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        json!({
            "service": self.service,
            "label": self.label,
            "sent": u64::try_from(sent).unwrap_or(u64::MAX),
            "attempts": self.attempts,
            "standing": self.standing.word(),
            "task": self.standing.task(),
            "status": self.standing.status(),
            "request": self.fingerprint.number(),
        })
    }

    fn read(id: u64, text: &str) -> Result<Self, JournalError> {
        let value: Value = serde_json::from_str(text).map_err(JournalError::new)?;
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        let read = || {
            let sent = UNIX_EPOCH.checked_add(Duration::from_millis(value["sent"].as_u64()?))?;
            Some(Self {
                id,
                service: text("service")?,
                label: text("label"),
                sent,
                attempts: u32::try_from(value["attempts"].as_u64()?).ok()?,
                standing: Standing::read(value["standing"].as_str()?, text("task"), text("status"))?,
                fingerprint: Fingerprint::from_number(value["request"].as_u64()?),
            })
        };
        read().ok_or_else(|| JournalError(Box::new(Problem::Strange { entry: id })))
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").finish_non_exhaustive()
    }
}

/// A journal cannot be read or written.
#[derive(Debug)]
pub struct JournalError(Box<Problem>);

#[derive(Debug)]
enum Problem {
    Store(Box<dyn std::error::Error + Send + Sync>),
    Strange { entry: u64 },
}

impl JournalError {
    fn new(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(Box::new(Problem::Store(error.into())))
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Problem::Store(_) => f.write_str("the journal cannot be read or written"),
            Problem::Strange { entry } => write!(f, "entry {entry} of the journal is none that this version wrote"),
        }
    }
}

impl std::error::Error for JournalError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.0 {
            Problem::Store(error) => Some(&**error),
            Problem::Strange { .. } => None,
        }
    }
}
