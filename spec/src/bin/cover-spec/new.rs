//! `cover-spec new`

use std::fs::OpenOptions;
use std::io::Write;

use crate::Outcome;
use crate::files::Failure;

const START: &str = include_str!("start.toml");

pub(crate) fn new(path: &str) -> Result<Outcome, Failure> {
    let failed = |error| Failure::File(path.to_owned(), error);
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
    file.write_all(START.as_bytes()).map_err(failed)?;
    Ok(Outcome { text: format!("wrote {path}; check your changes with `cover-spec check {path}`\n"), fine: true })
}
