//! Snapshots: files with what commands print. `SNAPSHOTS=overwrite` writes them anew.

use std::fmt::Write;
use std::path::Path;

use snapbox::{Assert, Data, Redactions};

use super::{Home, Said};

/// Commands and what they printed, as a text that is compared with a snapshot.
pub(crate) struct Session<'a> {
    home: &'a Home,
    url: Option<String>,
    text: String,
}

impl<'a> Session<'a> {
    pub(crate) fn in_home(home: &'a Home) -> Self {
        Self { home, url: None, text: String::new() }
    }

    /// Runs a command whose arguments are separated by spaces. Quotes hold a text together.
    pub(crate) fn run(&mut self, line: &str) -> Said {
        let said = self.home.cover(words(line));
        let mark = |text: &str, mark: &str| text.lines().fold(String::new(), |all, line| all + mark + line + "\n");
        let exit = if said.code == 0 { String::new() } else { format!("(exit code {})\n", said.code) };
        write!(self.text, "$ cover {line}\n{}{}{exit}\n", mark(&said.out, ""), mark(&said.err, "stderr: "))
            .expect("a text takes everything");
        said
    }

    /// Replaces an address in what was printed.
    pub(crate) fn at(mut self, url: &str) -> Self {
        self.url = Some(url.to_owned());
        self
    }

    /// Compares everything with the snapshot of this name.
    pub(crate) fn matches(self, name: &str) {
        let mut redactions = Redactions::new();
        redactions.insert("[HOME]", self.home.path().display().to_string()).expect("it is a placeholder");
        if let Some(url) = self.url {
            redactions.insert("[SERVICE]", url).expect("it is a placeholder");
        }
        compare(&self.text, &format!("sessions/{name}.txt"), redactions);
    }
}

/// Compares a text with the snapshot at this path.
pub(crate) fn matches_snapshot(text: &str, path: &str) {
    compare(text, path, Redactions::new());
}

fn compare(text: &str, path: &str, redactions: Redactions) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cover/snapshots").join(path);
    let expected = Data::read_from(&path, Some(snapbox::data::DataFormat::Text));
    Assert::new().action_env("SNAPSHOTS").redact_with(redactions).eq(text.to_owned(), expected);
}

fn words(line: &str) -> Vec<String> {
    let (mut words, mut is_quoted, mut word) = (Vec::new(), false, String::new());
    for c in line.chars() {
        match c {
            '\'' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words
}
