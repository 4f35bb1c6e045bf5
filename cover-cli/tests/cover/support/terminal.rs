//! A terminal, on whose screen a test looks and whose keys it presses.

use std::io::{Read, Write};
use std::num::NonZero;
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long a test waits for something on the screen.
const PATIENCE: Duration = Duration::from_secs(30);
const ROWS: NonZero<u16> = NonZero::new(40).expect("it is not 0");

/// A terminal in which a command runs. The command is killed when the terminal is dropped.
pub(crate) struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    seen: Arc<Mutex<Seen>>,
    reading: Option<JoinHandle<()>>,
    _master: Box<dyn MasterPty + Send>,
}

struct Seen {
    screen: vt100::Parser,
    /// Every byte, with those that move the cursor or set colors.
    bytes: Vec<u8>,
}

impl Terminal {
    /// Starts a command in a terminal with this number of columns.
    pub(crate) fn run(command: &Command, columns: u16) -> Self {
        let size = PtySize { rows: ROWS.get(), cols: columns, ..PtySize::default() };
        let pair = native_pty_system().openpty(size).expect("there are pseudo-terminals");
        let mut builder = CommandBuilder::new(command.get_program());
        builder.args(command.get_args());
        builder.env_clear();
        for (name, value) in command.get_envs().filter(|(name, _)| *name != "COLUMNS") {
            builder.env(name, value.unwrap_or_default());
        }
        if builder.get_env("TERM").is_none() {
            builder.env("TERM", "xterm-256color");
        }
        builder.cwd(command.get_current_dir().expect("it is set"));
        let child = pair.slave.spawn_command(builder).expect("the command can be started");
        drop(pair.slave);
        let seen = Seen {
            screen: vt100::Parser::new(ROWS, NonZero::new(columns).expect("it has columns"), 0),
            bytes: Vec::new(),
        };
        let seen = Arc::new(Mutex::new(seen));
        let reader = pair.master.try_clone_reader().expect("it can be read");
        let reading = thread::spawn({
            let seen = Arc::clone(&seen);
            move || read(reader, &seen)
        });
        let keys = pair.master.take_writer().expect("it can be written to");
        Self { child, keys, seen, reading: Some(reading), _master: pair.master }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the text on the screen.
    pub(crate) fn screen(&self) -> String {
        self.seen().screen.screen().contents()
    }

    /// Returns everything that was written to the terminal.
    pub(crate) fn written(&self) -> String {
        String::from_utf8_lossy(&self.seen().bytes).into_owned()
    }

    /// Waits until a text is on the screen, and returns the screen at that moment.
    #[track_caller]
    pub(crate) fn wait_for(&self, text: &str) -> String {
        let since = Instant::now();
        loop {
            let screen = self.screen();
            if screen.contains(text) {
                return screen;
            }
            assert!(since.elapsed() < PATIENCE, "`{text}` is not on the screen:\n{screen}");
            thread::sleep(Duration::from_millis(2));
        }
    }

    pub(crate) fn press_ctrl_c(&mut self) {
        self.type_in("\x03");
    }

    pub(crate) fn type_in(&mut self, text: &str) {
        self.keys.write_all(text.as_bytes()).and_then(|()| self.keys.flush()).ok();
    }

    /// Waits for the end of the command. Returns its exit code and the last screen.
    pub(crate) fn finish(&mut self) -> (u32, String) {
        let status = self.child.wait().expect("it ends");
        if let Some(reading) = self.reading.take() {
            reading.join().expect("it reads");
        }
        let screen = self.screen();
        assert!(!self.written().contains("panicked"), "{screen}");
        (status.exit_code(), screen)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn read(mut reader: Box<dyn Read + Send>, seen: &Mutex<Seen>) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = reader.read(&mut buffer) {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.screen.process(&buffer[..count]);
        seen.bytes.extend_from_slice(&buffer[..count]);
    }
}
