//! Reading files and printing.

use std::fmt;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use cover_spec::{Faults, Spec};
use serde_json::Value;

/// The reason why a command failed.
pub(crate) enum Failure {
    /// A file cannot be read or written.
    File(String, io::Error),
    /// A spec has faults, and the command needs one without.
    Faults(Box<Faults>),
    /// A document cannot be understood.
    Document(String, Box<dyn std::error::Error>),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, error) => write!(f, "error: {path}: {error}"),
            Self::Faults(faults) => faults.fmt(f),
            Self::Document(path, error) => write!(f, "error: {path}: {error}"),
        }
    }
}

pub(crate) fn read(path: &str) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| Failure::File(path.to_owned(), error))
}

/// Reads a spec that must have no faults.
pub(crate) fn spec(path: &str) -> Result<Spec, Failure> {
    checked(path)?.map_err(|faults| Failure::Faults(Box::new(faults)))
}

/// Reads a spec, and returns it or its faults.
pub(crate) fn checked(path: &str) -> Result<Result<Spec, Faults>, Failure> {
    Spec::read(Path::new(path)).map_err(|error| Failure::File(path.to_owned(), error))
}

pub(crate) fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

pub(crate) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Prints a text. A closed pipe is not an error.
pub(crate) fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
