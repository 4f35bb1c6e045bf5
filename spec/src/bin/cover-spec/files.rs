//! Reading files and printing.

use std::fmt;
use std::fs;
use std::io::{self, IsTerminal, Read, Write};

use cover_spec::{Checked, Faults, SHIPPED_SPECS, Spec, nearest, shipped};
use serde_json::Value;

/// The path that stands for standard input, or for standard output of `new`.
pub(crate) const STANDARD: &str = "-";

/// The names of standard input and output in messages.
const STANDARD_INPUT: &str = "<stdin>";
const STANDARD_OUTPUT: &str = "<stdout>";

/// The reason why a command failed.
pub(crate) enum Failure {
    /// A file cannot be read or written.
    File(String, io::Error),
    /// A spec cannot be read.
    Spec(String, io::Error),
    /// A spec has faults, and the command needs one without.
    Faults(Box<Faults>),
    /// Several files cannot be read.
    Several(Vec<Failure>),
    /// A spec would be written into the file of another one.
    SameName(String, String),
    /// Several specs are exported without a folder.
    NeedsFolder,
    /// Several arguments are standard input.
    ReadTwice,
    /// A document cannot be understood.
    Document(String, Box<dyn std::error::Error>),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, error) => write!(f, "error: {path}: {error}"),
            Self::Spec(path, error) => {
                write!(f, "error: {path}: {error}")?;
                let shipped = nearest(path, SHIPPED_SPECS.iter().copied());
                shipped.map_or(Ok(()), |shipped| write!(f, "; did you mean the shipped spec `{shipped}`?"))
            }
            Self::Several(failures) => {
                let lines: Vec<String> = failures.iter().map(Self::to_string).collect();
                f.write_str(&lines.join("\n"))
            }
            Self::SameName(path, name) => {
                write!(f, "error: {path}: another spec is written into `{name}`, too; export them into two folders")
            }
            Self::NeedsFolder => f.write_str("error: several specs need a folder; add `--folder FOLDER`"),
            Self::ReadTwice => f.write_str("error: standard input can be only one of the files"),
            Self::Faults(faults) => faults.fmt(f),
            Self::Document(path, error) => write!(f, "error: {path}: {error}"),
        }
    }
}

pub(crate) fn read(path: &str) -> Result<String, Failure> {
    let text = if path == STANDARD { io::read_to_string(io::stdin()) } else { fs::read_to_string(path) };
    text.map_err(|error| Failure::File(shown(path).to_owned(), error))
}

/// Reads a file that need not be text.
pub(crate) fn bytes(path: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = if path == STANDARD { io::stdin().read_to_end(&mut bytes).map(|_| bytes) } else { fs::read(path) };
    read.map_err(|error| Failure::File(shown(path).to_owned(), error))
}

/// Returns the path as messages show it.
pub(crate) fn shown(path: &str) -> &str {
    if path == STANDARD { STANDARD_INPUT } else { path }
}

/// Fails if several of the paths are standard input, which can be read only once.
pub(crate) fn read_once(paths: &[&str]) -> Result<(), Failure> {
    let count = paths.iter().filter(|path| **path == STANDARD).count();
    if count > 1 { Err(Failure::ReadTwice) } else { Ok(()) }
}

/// Reads a spec that must have no faults.
pub(crate) fn spec(path: &str) -> Result<Spec, Failure> {
    let spec = match own(path)? {
        Some(text) => Spec::parse_with(shown(path), &text, |path| fs::read_to_string(path)),
        None => Spec::parse_shipped(path),
    };
    spec.map_err(|faults| Failure::Faults(Box::new(faults)))
}

/// Reads a spec or a base for others, and returns it or its faults. The base of a spec in standard input is relative to the
/// current folder.
pub(crate) fn checked(path: &str) -> Result<Result<Checked, Faults>, Failure> {
    Ok(match own(path)? {
        Some(text) => Checked::parse_with(shown(path), &text, |path| fs::read_to_string(path)),
        None => Checked::parse_shipped(path),
    })
}

/// Reads the file of a spec. Without such a file, returns `None` if cover-spec ships one of this path.
fn own(path: &str) -> Result<Option<String>, Failure> {
    match read(path) {
        Ok(text) => Ok(Some(text)),
        Err(Failure::File(_, error)) if error.kind() == io::ErrorKind::NotFound && shipped(path).is_some() => Ok(None),
        Err(Failure::File(path, error)) => Err(Failure::Spec(path, error)),
        Err(failure) => Err(failure),
    }
}

pub(crate) fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

pub(crate) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Prints a text. A closed pipe is not an error.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::File(STANDARD_OUTPUT.to_owned(), error))
        }
        _ => Ok(()),
    }
}
