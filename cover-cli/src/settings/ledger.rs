//! The ledger: a file, or a PostgreSQL database.

use std::path::Path;

use cover_api::ledger::SqliteLedger;
use url::Url;

use super::folders;
use crate::exit::{Exit, Failure};

/// The environment variable with the address of the ledger, which may have a password.
pub(super) const VARIABLE: &str = "COVER_LEDGER";
/// The environment variable with the password of a database.
const PASSWORD: &str = "PGPASSWORD";

/// Where the ledger is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Place {
    File(std::path::PathBuf),
    Database(Box<Url>),
}

impl Place {
    /// Reads `--ledger`, or else the environment variable, or else takes the default file.
    pub(super) fn find(given: Option<&str>, default: &Path) -> Result<Self, Failure> {
        let variable = std::env::var(VARIABLE).ok().filter(|text| !text.is_empty());
        match (given, variable) {
            (Some(text), _) => Self::read(text, "--ledger", true),
            (None, Some(text)) => Self::read(&text, VARIABLE, false),
            (None, None) => Ok(Self::File(default.to_owned())),
        }
    }

    fn read(text: &str, name: &str, is_argument: bool) -> Result<Self, Failure> {
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Self::file(text, name);
        }
        let mut url = Url::parse(text).map_err(|error| Failure::usage(format!("{name}: not an address: {error}")))?;
        let has_password = url.password().is_some() || url.query_pairs().any(|(key, _)| key == "password");
        if has_password && is_argument {
            let why = "an argument may not have a password, since other users of this machine can see it";
            return Err(Failure::usage(format!("{name}: {why}"))
                .hint(format!("set {PASSWORD}, or {VARIABLE} to the whole address")));
        }
        if let (false, Ok(password)) = (has_password, std::env::var(PASSWORD)) {
            url.set_password(Some(&password)).ok();
        }
        Ok(Self::Database(Box::new(url)))
    }

    /// Takes a text as the path of a file. A mistyped address is refused: with a ledger of its own, a machine would pay again for
    /// purchases of the others.
    fn file(text: &str, name: &str) -> Result<Self, Failure> {
        let is_parameters = text.contains("host=") || text.contains("password=");
        if !text.contains("://") && !is_parameters {
            return Ok(Self::File(text.into()));
        }
        Err(Failure::usage(format!("{name}: neither the path of a file nor an address that begins with postgres://"))
            .hint("give a file, such as ledger.db, or postgres://USER@HOST/DATABASE"))
    }
}

/// Opens the ledger in a file.
pub(super) async fn file(path: &Path) -> Result<SqliteLedger, Failure> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        folders::create(folder)?;
    }
    SqliteLedger::open(path).await.map_err(|error| Failure::new(Exit::Refused, error.to_string()))
}

/// Connects to the ledger in a database.
#[cfg(feature = "postgres")]
pub(super) async fn database(url: &Url) -> Result<cover_api::ledger::PostgresLedger, Failure> {
    let ledger = cover_api::ledger::PostgresLedger::connect(url.as_str()).await;
    ledger.map_err(|error| Failure::new(Exit::Refused, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_address_is_no_file() {
        assert_eq!(Place::read("state/ledger.db", "--ledger", true).unwrap(), Place::File("state/ledger.db".into()));
        for text in ["postgre://u@h/db", "POSTGRES://u:s3cret@h/db", "sqlite:///ledger.db", "host=h password=s3cret"] {
            let failure = Place::read(text, "--ledger", true).unwrap_err();
            assert!(failure.exit == Exit::Usage && !failure.message.contains("s3cret"), "{failure}");
        }
    }
}
