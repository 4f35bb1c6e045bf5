//! One line that shows what goes on, and then what came of it.

use std::time::Duration;

use console::Term;
use indicatif::{ProgressBar, ProgressStyle};

use super::Screen;
use super::format::printable;

const TICK: Duration = Duration::from_millis(100);
/// Narrowest terminal, in columns, that has room for a bar.
const ROOM_FOR_A_BAR: u16 = 60;

/// A line on the screen. Dropping it removes it.
#[derive(Debug)]
pub(crate) struct Line {
    screen: Screen,
    bar: ProgressBar,
    name: String,
}

impl Line {
    pub(super) fn start(screen: Screen, name: &str) -> Self {
        let bar = screen.0.multi.add(ProgressBar::new_spinner());
        let line = Self { screen, bar, name: printable(name) };
        line.use_template("{spinner} {prefix}  {wide_msg}");
        line.bar.set_prefix(line.name.clone());
        line.bar.enable_steady_tick(TICK);
        line
    }

    fn use_template(&self, template: &str) {
        let style = ProgressStyle::with_template(template).expect("the templates are valid");
        let symbols = self.screen.0.symbols;
        self.bar.set_style(style.tick_chars(symbols.spinner).progress_chars(symbols.bar));
    }

    /// Shows a text beside the name.
    pub(crate) fn say(&self, text: impl Into<String>) {
        self.bar.set_message(printable(&text.into()));
    }

    /// Shows a bar, filled to `done` of `total`.
    pub(crate) fn progress(&self, done: u64, total: u64) {
        if self.bar.length() != Some(total) {
            let (_, columns) = Term::stderr().size();
            if columns >= ROOM_FOR_A_BAR {
                self.use_template("{spinner} {prefix}  {wide_msg} {bar:14}");
            }
            self.bar.set_length(total);
        }
        self.bar.set_position(done.min(total));
    }

    /// Replaces the line by one that stays.
    pub(crate) fn done(self, text: &str) {
        self.bar.finish_and_clear();
        self.screen.note(&format!("{} {}  {text}", self.screen.0.symbols.tick, self.name));
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
