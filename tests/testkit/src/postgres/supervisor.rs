//! A shell that runs a server and ends it when the test process ends, however that ends.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use crate::Result;

/// A shell that runs a server in a temporary folder. It reads requests from a pipe. When the pipe closes, which the system does
/// even for a killed process, the shell ends the server and removes the folder.
#[derive(Debug)]
pub(super) struct Supervisor {
    shell: Child,
    /// Folder of the server's sockets.
    folder: PathBuf,
    /// `None` once the server is to end.
    pipes: Mutex<Option<Pipes>>,
}

#[derive(Debug)]
struct Pipes {
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Supervisor {
    /// Starts the shell, and waits for its first answer.
    pub(super) fn start(mut command: Command) -> Result<Self> {
        // Variables such as PGPORT and LANG would change the server. The user may not be able to read the current folder.
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LC_ALL", "C")
            .current_dir("/");
        // Ctrl-C in a terminal reaches the test process, but not the shell, which still has to remove the folder.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut shell = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let requests = shell.stdin.take().ok_or("it has no standard input")?;
        let answers = BufReader::new(shell.stdout.take().ok_or("it has no standard output")?);
        let mut pipes = Pipes { requests, answers };
        let first = pipes.answer();
        // From here on, an error ends the shell.
        let mut supervisor = Self { shell, folder: PathBuf::new(), pipes: Mutex::new(Some(pipes)) };
        supervisor.folder = first?.into();
        Ok(supervisor)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes a request and waits until it is done.
    pub(super) fn request(&self, request: &str) -> Result<()> {
        let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
        let pipes = pipes.as_mut().ok_or("the server is to end")?;
        writeln!(pipes.requests, "{request}")?;
        pipes.answer()?;
        Ok(())
    }
}

impl Pipes {
    /// Returns what follows the word `done`.
    fn answer(&mut self) -> Result<String> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let line = line.trim();
        match line.split_once(' ').unwrap_or((line, "")) {
            ("done", rest) => Ok(rest.to_owned()),
            ("failed", reason) => Err(reason.into()),
            _ => Err("the shell that runs the server has ended; its standard error says why".into()),
        }
    }
}

impl Drop for Supervisor {
    /// Waits until nothing is left of the server.
    fn drop(&mut self) {
        self.pipes.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        self.shell.wait().ok();
    }
}
