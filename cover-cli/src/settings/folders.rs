//! The folders of the user, by the XDG rules.

use std::fs;
use std::path::{Path, PathBuf};

use etcetera::base_strategy::{BaseStrategy, choose_base_strategy};

use crate::exit::{Exit, Failure};

const NAME: &str = "cover";

/// Where the command keeps its files.
#[derive(Debug, Clone)]
pub(crate) struct Folders {
    /// The ledger, and the outputs of what was sent.
    pub(crate) state: PathBuf,
    /// The API key.
    pub(crate) config: PathBuf,
}

impl Folders {
    pub(crate) fn find() -> Result<Self, Failure> {
        let strategy = choose_base_strategy()
            .map_err(|_| Failure::usage("there is no home folder: set HOME, or XDG_STATE_HOME and XDG_CONFIG_HOME"))?;
        let state = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
        Ok(Self { state: state.join(NAME), config: strategy.config_dir().join(NAME) })
    }

    /// Returns the stored API key's file.
    pub(crate) fn key(&self) -> PathBuf {
        self.config.join("key")
    }

    /// Returns the file with the secret of callback addresses.
    pub(crate) fn callback_secret(&self) -> PathBuf {
        self.config.join("callback-secret")
    }

    /// Returns the file of the ledger.
    pub(crate) fn ledger(&self) -> PathBuf {
        self.state.join("ledger.db")
    }

    /// Returns the file of the outputs.
    pub(crate) fn runs(&self) -> PathBuf {
        self.state.join("runs.db")
    }
}

/// Creates a folder that only its owner can read.
pub(crate) fn create(folder: &Path) -> Result<(), Failure> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| Failure::new(Exit::Refused, format!("{}: {error}", folder.display())))
}
