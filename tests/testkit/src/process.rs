//! Starts, kills and suspends processes.

use std::collections::HashMap;
use std::io::Write;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use crate::Result;

/// A running process. It is killed when dropped, so that a failing test leaves no process behind.
#[derive(Debug)]
pub struct Process(Option<Child>);

impl Process {
    /// Starts the process and collects its output.
    pub fn start(command: &mut Command) -> Result<Self> {
        Ok(Self(Some(command.stdout(Stdio::piped()).spawn()?)))
    }

    /// Starts the process and discards its output.
    pub fn start_silently(command: &mut Command) -> Result<Self> {
        Ok(Self(Some(command.stdout(Stdio::null()).spawn()?)))
    }

    /// Kills the process in the middle of its work.
    ///
    /// # Panics
    ///
    /// If it has already ended.
    pub fn kill(mut self) -> Result<()> {
        let mut child = self.0.take().ok_or("it has ended")?;
        assert!(child.try_wait()?.is_none(), "it has already ended");
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Waits for the process to end, and returns what it printed.
    ///
    /// # Panics
    ///
    /// If its exit status is not success.
    pub fn finish(mut self) -> Result<Said> {
        let output = self.0.take().ok_or("it has ended")?.wait_with_output()?;
        let text = String::from_utf8(output.stdout)?;
        assert!(output.status.success(), "{}: {text}", output.status);
        let lines = text.lines().filter_map(|line| {
            let (key, rest) = line.split_once('\t')?;
            let (word, detail) = rest.split_once('\t')?;
            Some((key.to_owned(), (word.to_owned(), detail.to_owned())))
        });
        Ok(lines.collect())
    }

    fn id(&self) -> Result<u32> {
        Ok(self.0.as_ref().ok_or("it has ended")?.id())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

/// What a process printed about each key: a word, and the id of a task or the text of an error.
pub type Said = HashMap<String, (String, String)>;

/// Runs a command to its end, and returns what it printed.
pub fn run(command: &mut Command) -> Result<Said> {
    Process::start(command)?.finish()
}

/// Sends signals through a running shell, since starting a process for each takes too long.
#[derive(Debug)]
pub struct Signals {
    shell: Child,
    input: Option<ChildStdin>,
}

impl Signals {
    /// Starts the shell.
    pub fn new() -> Result<Self> {
        let mut shell = Command::new("bash").stdin(Stdio::piped()).spawn()?;
        let input = shell.stdin.take();
        Ok(Self { shell, input })
    }

    /// Suspends a process. Returns once all its threads have stopped.
    pub fn stop(&mut self, process: &Process) -> Result<()> {
        self.send("STOP", process.id()?)?;
        until(process, |states| states.iter().all(|state| [STOPPED, ENDED].contains(state)))
    }

    /// Resumes a suspended process. Returns once it goes on, so that a later [`stop`](Self::stop) does not take the old state for its own.
    pub fn resume(&mut self, process: &Process) -> Result<()> {
        self.send("CONT", process.id()?)?;
        until(process, |states| states.iter().any(|state| *state != STOPPED))
    }

    fn send(&mut self, signal: &str, process: u32) -> Result<()> {
        let input = self.input.as_mut().ok_or("it has ended")?;
        writeln!(input, "kill -{signal} {process}")?;
        Ok(input.flush()?)
    }
}

/// The states of stopped and ended threads.
const STOPPED: char = 'T';
const ENDED: char = 'Z';

/// Waits until the states of the threads of a process are like this.
fn until(process: &Process, is_there: impl Fn(&[char]) -> bool) -> Result<()> {
    let threads = format!("/proc/{}/task", process.id()?);
    loop {
        let state = |thread: std::io::Result<std::fs::DirEntry>| {
            let stat = thread.and_then(|thread| std::fs::read_to_string(thread.path().join("stat")));
            // A thread that is not there has ended.
            let state = stat.ok().and_then(|stat| stat.rsplit_once(") ")?.1.chars().next());
            state.unwrap_or(ENDED)
        };
        let states: Vec<char> = std::fs::read_dir(&threads)?.map(state).collect();
        if is_there(&states) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_micros(200));
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        drop(self.input.take());
        self.shell.wait().ok();
    }
}
