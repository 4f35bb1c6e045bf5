//! What a client writes down of the requests that it pays for: with the feature `journal` and one given, there; else
//! nowhere.

use super::error::Source;
use super::news::AttemptId;
use super::unknown::Fingerprint;

/// Where a client writes things down.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    #[cfg(feature = "journal")]
    pub(crate) journal: Option<crate::journal::Journal>,
}

/// What is written down of a request.
#[cfg_attr(not(feature = "journal"), expect(dead_code, reason = "the journal reads it"))]
#[derive(Debug, Clone)]
pub(crate) struct Note {
    pub(crate) service: &'static str,
    pub(crate) label: Option<String>,
    pub(crate) fingerprint: Fingerprint,
    /// What tells the entry apart once there is one.
    pub(crate) entry: Option<u64>,
    /// What tells its last attempt apart, where callbacks can come to it.
    pub(crate) attempt: Option<AttemptId>,
}

/// How a request stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The next attempt to send it is about to begin.
    Sending { attempt: u32 },
    /// Nothing was created.
    NotSent,
    /// Nobody knows what became of it.
    Unknown,
    /// It became this task.
    Running { task: String },
}

/// How a task ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    Done,
    Failed,
}

impl Ledger {
    /// Writes down how a request stands. It is on the disk when this returns.
    #[cfg_attr(not(feature = "journal"), expect(clippy::unused_async, reason = "it writes with the feature `journal`"))]
    pub(crate) async fn write(&self, note: &mut Note, standing: Standing) -> Result<(), Source> {
        #[cfg(feature = "journal")]
        if let Some(journal) = &self.journal {
            note.entry = Some(journal.write(note.clone(), standing).await?);
        }
        #[cfg(not(feature = "journal"))]
        let _ = (note, standing);
        Ok(())
    }

    /// Writes down how a task ended, where its request stands here.
    #[cfg_attr(not(feature = "journal"), expect(clippy::unused_async, reason = "it writes with the feature `journal`"))]
    pub(crate) async fn end(&self, service: &'static str, task: &str, end: End, status: &str) {
        #[cfg(feature = "journal")]
        if let Some(journal) = &self.journal
            && let Err(error) = journal.end(service, task.to_owned(), end, status.to_owned()).await
        {
            // The task is as it is; it will be asked for again when the journal is next opened.
            tracing::warn!(%error, "the end of a task was not written down");
        }
        #[cfg(not(feature = "journal"))]
        let _ = (service, task, end, status);
    }

    /// Is anything written down?
    #[cfg(feature = "callback")]
    #[cfg_attr(not(feature = "journal"), expect(clippy::unused_self, reason = "it may be with the feature `journal`"))]
    pub(crate) fn is_kept(&self) -> bool {
        #[cfg(feature = "journal")]
        return self.journal.is_some();
        #[cfg(not(feature = "journal"))]
        false
    }

    /// The request of an attempt of which nothing is known to have come, where it stands here.
    #[cfg(feature = "callback")]
    #[cfg_attr(not(feature = "journal"), expect(clippy::unused_async, reason = "it reads with the feature `journal`"))]
    pub(crate) async fn lost(&self, service: &'static str, attempt: AttemptId) -> Option<Fingerprint> {
        #[cfg(feature = "journal")]
        if let Some(journal) = &self.journal {
            let lost = journal.lost(service, attempt).await;
            return lost.inspect_err(|error| tracing::warn!(%error, "an attempt was not looked up")).ok()?;
        }
        #[cfg(not(feature = "journal"))]
        let _ = (service, attempt);
        None
    }

    /// Writes down that an attempt became a task after all, where it stands here.
    #[cfg(feature = "callback")]
    #[cfg_attr(not(feature = "journal"), expect(clippy::unused_async, reason = "it writes with the feature `journal`"))]
    pub(crate) async fn found(&self, service: &'static str, attempt: AttemptId, task: &str) {
        #[cfg(feature = "journal")]
        if let Some(journal) = &self.journal
            && let Err(error) = journal.found(service, attempt, task.to_owned()).await
        {
            tracing::warn!(%error, "a task that was found was not written down");
        }
        #[cfg(not(feature = "journal"))]
        let _ = (service, attempt, task);
    }
}
