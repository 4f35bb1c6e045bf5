//! A home folder of its own for each test, and the command in it.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use cover_testkit::recordings::wav;
use tempfile::TempDir;

use super::Service;

/// An empty home folder, with an empty folder to work in. No variable of the user reaches the command.
pub(crate) struct Home {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// What a command printed, and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A command that runs. It is killed when dropped, so that a failing test leaves nothing behind.
pub(crate) struct Running(Option<Child>);

/// Returns the folder of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is in a folder").to_owned()
}

impl Home {
    /// Makes a home that knows no service.
    pub(crate) fn new() -> Self {
        let home = Self { folder: TempDir::new().expect("a folder can be made"), variables: Vec::new() };
        fs::create_dir(home.work()).expect("a folder can be made");
        home
    }

    /// Makes a home whose variables lead to a service, with a song of one second: `song.wav`.
    pub(crate) fn at(service: &Service) -> Self {
        let home = Self::new().with("COVER_API_URL", service.url()).with("COVER_API_KEY", service.sandbox.key());
        home.song("song.wav", 1);
        home
    }

    /// Sets a variable for all commands.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Returns the home folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the folder in which commands run.
    pub(crate) fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Writes a file into the working folder.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.work().join(name), content).expect("the folder can be written to");
    }

    /// Writes a song of silence into the working folder.
    pub(crate) fn song(&self, name: &str, seconds: u32) {
        self.write(name, wav(seconds));
    }

    /// Returns the names of the files in the working folder, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.work()).expect("the folder is there");
        let names = entries.map(|entry| entry.expect("it is there").file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    /// Returns the names of the files that were downloaded: all but the song.
    pub(crate) fn covers(&self) -> Vec<String> {
        self.files().into_iter().filter(|name| !name.starts_with("song.") || name.contains('-')).collect()
    }

    /// Returns the names of the downloaded files that are not half written.
    pub(crate) fn finished(&self) -> Vec<String> {
        let is_finished = |name: &String| Path::new(name).extension().is_some_and(|extension| extension == "wav");
        self.covers().into_iter().filter(is_finished).collect()
    }

    /// Checks that exactly this number of files was downloaded, each playable, and that nothing half written is beside them.
    pub(crate) fn expect_covers(&self, count: usize) {
        let covers = self.covers();
        assert_eq!(covers.len(), count, "{covers:?}");
        for name in covers {
            let content = fs::read(self.work().join(&name)).expect("it can be read");
            let length = u32::from_le_bytes(content[4..8].try_into().expect("four bytes")) as usize;
            assert!(content.starts_with(b"RIFF") && content.len() == length + 8, "{name} is not complete");
        }
    }

    /// Returns the command with these arguments, in the working folder.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cover"));
        command.args(arguments).current_dir(self.work()).env_clear().env("HOME", self.path());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("LANG", "C.UTF-8").env("COLUMNS", "100");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs the command to its end.
    pub(crate) fn cover<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Said {
        Running::start(&mut self.command(arguments)).finish()
    }

    /// Covers `song.wav` with further arguments.
    pub(crate) fn song_to_cover(&self, further: &[&str]) -> Said {
        self.cover([&["song.wav"][..], &super::NIGHT_DRIVE, further].concat())
    }

    /// Runs the command to its end, with a text as standard input.
    pub(crate) fn cover_with_input<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
        input: &str,
    ) -> Said {
        let mut command = self.command(arguments);
        let mut running = Running::spawn(command.stdin(Stdio::piped()));
        let child = running.0.as_mut().expect("it runs");
        child.stdin.take().expect("it is piped").write_all(input.as_bytes()).expect("the command reads");
        running.finish()
    }
}

impl Running {
    /// Starts a command without standard input, and collects its output.
    pub(crate) fn start(command: &mut Command) -> Self {
        Self::spawn(command.stdin(Stdio::null()))
    }

    fn spawn(command: &mut Command) -> Self {
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        Self(Some(child.expect("the command can be started")))
    }

    /// Sends a signal by its name, such as `INT`.
    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let id = self.0.as_ref().expect("it runs").id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.expect("`kill` is there").success(), "the command has ended");
    }

    /// Kills the command, unless it has ended.
    pub(crate) fn kill(mut self) {
        self.end();
    }

    /// Waits for the end of the command.
    pub(crate) fn finish(mut self) -> Said {
        let output = self.0.take().expect("it runs").wait_with_output().expect("it ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints UTF-8");
        let said =
            Said { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) };
        assert!(!said.err.contains("panicked"), "{said:?}");
        said
    }

    fn end(&mut self) {
        if let Some(mut child) = self.0.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

impl Said {
    /// Checks the exit code, and returns what was said.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// Checks that the failure is told in words that contain these.
    #[track_caller]
    pub(crate) fn saying(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.err.contains(word), "no `{word}` in {self:#?}");
        }
        self
    }

    /// Returns the events of `--json`.
    pub(crate) fn events(&self) -> Vec<serde_json::Value> {
        self.out.lines().map(|line| serde_json::from_str(line).expect("a line is an event")).collect()
    }

    /// Returns the events of this kind.
    pub(crate) fn events_of(&self, kind: &str) -> Vec<serde_json::Value> {
        self.events().into_iter().filter(|event| event["event"] == kind).collect()
    }
}
