//! What the user sees: progress on standard error, results on standard output, or one JSON event per line.

mod format;
mod line;
mod symbols;
mod table;

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{MultiProgress, ProgressDrawTarget};
use serde_json::{Value, json};

use crate::exit::Failure;

use format::{printable, printable_json};

pub(crate) use format::{age, clock, credits, number, range, size};
pub(crate) use line::Line;
pub(crate) use symbols::Symbols;
pub(crate) use table::Table;

/// Where output goes, and how.
#[derive(Debug, Clone)]
pub(crate) struct Screen(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    is_json: bool,
    /// Whether standard error is a terminal, so that progress is shown.
    is_live: bool,
    /// Whether notes are left out, because there would be too many.
    is_quiet: bool,
    multi: MultiProgress,
    symbols: Symbols,
    has_lost_results: Arc<AtomicBool>,
}

impl Screen {
    pub(crate) fn new(is_json: bool) -> Self {
        let is_live = !is_json && io::stderr().is_terminal();
        let target = if is_live { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let multi = MultiProgress::with_draw_target(target);
        Self(Arc::new(Inner {
            is_json,
            is_live,
            is_quiet: false,
            multi,
            symbols: Symbols::of_terminal(),
            has_lost_results: Arc::default(),
        }))
    }

    /// Returns the same screen without notes: what goes on is shown, but nothing of it stays.
    pub(crate) fn without_notes(&self) -> Self {
        let Inner { is_json, is_live, multi, symbols, has_lost_results, .. } = &*self.0;
        Self(Arc::new(Inner {
            is_json: *is_json,
            is_live: *is_live,
            is_quiet: true,
            multi: multi.clone(),
            symbols: *symbols,
            has_lost_results: Arc::clone(has_lost_results),
        }))
    }

    /// Whether standard error is a terminal that shows progress.
    pub(crate) fn is_live(&self) -> bool {
        self.0.is_live
    }

    pub(crate) fn is_json(&self) -> bool {
        self.0.is_json
    }

    /// Whether results are read by people.
    pub(crate) fn prints_to_people(&self) -> bool {
        !self.0.is_json && io::stdout().is_terminal()
    }

    /// Whether texts may have letters that ASCII lacks.
    pub(crate) fn is_utf8(&self) -> bool {
        self.0.symbols.is_utf8
    }

    pub(crate) fn symbols(&self) -> Symbols {
        self.0.symbols
    }

    /// Starts a line that shows what goes on.
    pub(crate) fn line(&self, name: &str) -> Line {
        Line::start(self.clone(), name)
    }

    /// Shows a line on standard error, if that is a terminal.
    pub(crate) fn note(&self, text: &str) {
        if self.0.is_live && !self.0.is_quiet {
            self.say(text);
        }
    }

    /// Shows a line on standard error, also if that is not a terminal.
    pub(crate) fn warn(&self, text: &str) {
        if !self.0.is_json {
            self.say(text);
        }
    }

    /// Shows a line on standard error, or else writes an event.
    pub(crate) fn warning(&self, text: &str, event: &Value) {
        self.warn(text);
        self.event(event);
    }

    fn say(&self, text: &str) {
        self.0.multi.suspend(|| {
            writeln!(anstream::stderr().lock(), "{}", printable(text)).ok();
        });
    }

    /// Writes a result to standard output: a text for people, or else an event.
    pub(crate) fn result(&self, text: &str, event: &Value) {
        if self.0.is_json {
            self.event(event);
        } else {
            self.print(text);
        }
    }

    /// Writes an event, if these are wanted.
    pub(crate) fn event(&self, event: &Value) {
        if self.0.is_json {
            self.write(&printable_json(&event.to_string()));
        }
    }

    /// Writes a line to standard output.
    pub(crate) fn print(&self, text: &str) {
        self.write(&printable(text));
    }

    /// A reader that has gone away is not an error.
    fn write(&self, text: &str) {
        let written = self.0.multi.suspend(|| {
            let mut out = anstream::stdout().lock();
            writeln!(out, "{text}").and_then(|()| out.flush())
        });
        if let Err(error) =
            written.or_else(|error| if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
            && !self.0.has_lost_results.swap(true, Ordering::Relaxed)
        {
            self.say(&format!("{} standard output: {error}", self.0.symbols.cross));
        }
    }

    /// Returns whether a result could not be written, such as to a full disk.
    pub(crate) fn has_lost_results(&self) -> bool {
        self.0.has_lost_results.load(Ordering::Relaxed)
    }

    /// Shows why the command failed, and what to do.
    pub(crate) fn failure(&self, failure: &Failure) {
        if self.0.is_json {
            let Failure { exit, message, hint, task, .. } = failure;
            let code = *exit as u8;
            self.event(&json!({ "event": "error", "exit": code, "message": message, "hint": hint, "task": task }));
        } else {
            let hint = failure.hint.iter().flat_map(|hint| hint.lines());
            for (number, line) in failure.message.lines().chain(hint).enumerate() {
                let mark = if number == 0 { self.0.symbols.cross } else { " " };
                self.say(&format!("{mark} {line}"));
            }
        }
    }
}
