//! A command that runs until Ctrl-C, whose lines are read while it runs.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::Said;

/// How long a test waits for a line.
const PATIENCE: Duration = Duration::from_secs(30);

/// A command that runs. It is killed when dropped.
pub(crate) struct Live {
    child: Child,
    out: Lines,
    err: Lines,
}

/// The lines that were printed so far.
struct Lines {
    seen: Arc<Mutex<String>>,
    reading: Option<JoinHandle<()>>,
}

impl Live {
    pub(crate) fn start(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the command can be started");
        let out = Lines::of(child.stdout.take().expect("it is piped"));
        let err = Lines::of(child.stderr.take().expect("it is piped"));
        Self { child, out, err }
    }

    /// Waits for a line on standard output that contains a text, and returns it.
    #[track_caller]
    pub(crate) fn wait_for(&self, text: &str) -> String {
        self.out.wait_for(text)
    }

    /// Waits for a line on standard error that contains a text, and returns it.
    #[track_caller]
    pub(crate) fn wait_for_warning(&self, text: &str) -> String {
        self.err.wait_for(text)
    }

    /// Presses Ctrl-C and waits for the end.
    pub(crate) fn interrupt(mut self) -> Said {
        let sent = Command::new("kill").args(["-s", "INT", &self.child.id().to_string()]).status();
        assert!(sent.expect("`kill` is there").success(), "the command has ended");
        let code = self.child.wait().expect("it ends").code().unwrap_or(-1);
        let said = Said { code, out: self.out.all(), err: self.err.all() };
        assert!(!said.err.contains("panicked"), "{said:?}");
        said
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Lines {
    fn of(stream: impl Read + Send + 'static) -> Self {
        let seen = Arc::<Mutex<String>>::default();
        let reading = thread::spawn({
            let seen = Arc::clone(&seen);
            move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    *seen.lock().unwrap_or_else(PoisonError::into_inner) += &(line + "\n");
                }
            }
        });
        Self { seen, reading: Some(reading) }
    }

    fn seen(&self) -> String {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    #[track_caller]
    fn wait_for(&self, text: &str) -> String {
        let since = Instant::now();
        loop {
            let seen = self.seen();
            if let Some(line) = seen.lines().find(|line| line.contains(text)) {
                return line.to_owned();
            }
            assert!(since.elapsed() < PATIENCE, "no line has `{text}`:\n{seen}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Returns all lines, up to the end of the stream.
    fn all(&mut self) -> String {
        if let Some(reading) = self.reading.take() {
            reading.join().expect("it reads");
        }
        self.seen()
    }
}
