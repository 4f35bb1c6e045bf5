//! The API key. It is never an argument, and never printed.

use std::fs;
use std::io::{IsTerminal, Read, Write};
use std::path::Path;
use std::process::Command;

use secrecy::{ExposeSecret, SecretString};

use super::folders;
use crate::exit::{Exit, Failure};

/// Longest key that is read, in bytes.
const MAX_KEY: u64 = 8192;

/// Where the key may come from, in the order of precedence.
#[derive(Debug)]
pub(super) struct Sources<'a> {
    /// `--key-command`
    pub(super) command: Option<&'a str>,
    /// `--key-file`
    pub(super) file: Option<&'a Path>,
    /// The environment variable that the spec names.
    pub(super) variable: &'a str,
    /// The file of `cover setup`.
    pub(super) stored: &'a Path,
}

impl Sources<'_> {
    /// Returns the key, or `None` if there is none.
    pub(super) fn find(&self) -> Result<Option<SecretString>, Failure> {
        if let Some(command) = self.command {
            return run(command).map(Some);
        }
        if let Some(file) = self.file {
            return read(file).map(Some);
        }
        match std::env::var(self.variable) {
            Ok(key) if !key.trim().is_empty() => return Ok(Some(key.trim().into())),
            Err(std::env::VarError::NotUnicode(_)) => {
                return Err(Failure::usage(format!("{}: the key is not a text", self.variable)));
            }
            _ => {}
        }
        if self.stored.exists() { read(self.stored).map(Some) } else { Ok(None) }
    }
}

fn run(command: &str) -> Result<SecretString, Failure> {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let output = Command::new(shell).args([flag, command]).stderr(std::process::Stdio::inherit()).output();
    let output = output.map_err(|error| Failure::usage(format!("--key-command: {error}")))?;
    if !output.status.success() {
        return Err(Failure::usage(format!("--key-command: the command ended with {}", output.status)));
    }
    let text = String::from_utf8(output.stdout).map_err(|_| Failure::usage("--key-command: the key is not a text"))?;
    checked(&text).map_err(|why| Failure::usage(format!("--key-command: {why}")))
}

pub(super) fn read(file: &Path) -> Result<SecretString, Failure> {
    let shown = file.display();
    let mut text = String::new();
    let read = fs::File::open(file).and_then(|file| file.take(MAX_KEY).read_to_string(&mut text));
    read.map_err(|error| Failure::usage(format!("{shown}: {error}")))?;
    checked(&text).map_err(|why| Failure::usage(format!("{shown}: {why}")))
}

fn checked(text: &str) -> Result<SecretString, &'static str> {
    let key = text.trim();
    match key {
        "" => Err("the key is empty"),
        key if key.contains(['\r', '\n']) => Err("the key has more than one line"),
        key => Ok(key.into()),
    }
}

/// Asks for a key on the terminal, or reads it from standard input where that is not one.
pub(crate) fn ask(prompt: &str) -> Result<SecretString, Failure> {
    let text = if std::io::stdin().is_terminal() {
        rpassword::prompt_password(prompt)
            .map_err(|error| Failure::usage(format!("the key cannot be read: {error}")))?
    } else {
        let mut text = String::new();
        let read = std::io::stdin().take(MAX_KEY).read_to_string(&mut text);
        read.map_err(|error| Failure::usage(format!("the key cannot be read: {error}")))?;
        text
    };
    checked(&text).map_err(Failure::usage)
}

/// Stores a key in a file that only its owner can read. The file is complete, or stays as it was.
pub(crate) fn store(file: &Path, key: &SecretString) -> Result<(), Failure> {
    let folder = file.parent().unwrap_or(Path::new("."));
    folders::create(folder)?;
    let new = file.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = fs::remove_file(&new).or(Ok(())).and_then(|()| {
        let mut open = options.open(&new)?;
        writeln!(open, "{}", key.expose_secret())?;
        open.sync_all()?;
        fs::rename(&new, file)
    });
    written.map_err(|error| Failure::new(Exit::Refused, format!("{}: {error}", file.display())))
}
