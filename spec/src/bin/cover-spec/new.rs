//! `cover-spec new`

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use crate::Outcome;
use crate::files::{Failure, STANDARD};

const START: &str = include_str!("start.toml");

pub(crate) fn new(path: &str) -> Result<Outcome, Failure> {
    if path == STANDARD {
        return Ok(Outcome { text: START.to_owned(), fine: true });
    }
    if let Some(folder) = Path::new(path).parent() {
        fs::create_dir_all(folder).map_err(|error| Failure::File(folder.display().to_string(), error))?;
    }
    let failed = |error| Failure::File(path.to_owned(), error);
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
    file.write_all(START.as_bytes()).map_err(failed)?;
    Ok(Outcome { text: format!("wrote {path}; check your changes with `cover-spec check {path}`\n"), fine: true })
}
