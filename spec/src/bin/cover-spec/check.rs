//! `cover-spec check`

use std::fmt::Write;

use cover_spec::Faults;
use serde_json::{Value, json};

use crate::Outcome;
use crate::files::{self, Failure};

pub(crate) fn check(files: &[&str], as_json: bool) -> Result<Outcome, Failure> {
    let mut found = Vec::new();
    for path in files {
        found.extend(files::checked(path)?.err().map(|faults| (*path, faults)));
    }
    let fine = found.is_empty();
    let text = if as_json {
        let all: Vec<Value> = found.iter().flat_map(|(path, faults)| in_json(path, faults)).collect();
        files::pretty(&json!(all))
    } else {
        in_words(files, &found)
    };
    Ok(Outcome { text, fine })
}

fn in_words(files: &[&str], found: &[(&str, Faults)]) -> String {
    let mut text = String::new();
    for (_, faults) in found {
        let reports: Vec<String> =
            if files::is_terminal() { faults.coloured().collect() } else { faults.reports().collect() };
        for report in reports {
            let _ = writeln!(text, "{report}\n");
        }
    }
    for path in files {
        let count = found.iter().find(|(other, _)| other == path).map_or(0, |(_, faults)| faults.iter().len());
        let _ = match count {
            0 => writeln!(text, "{path}: no faults"),
            1 => writeln!(text, "{path}: 1 fault"),
            _ => writeln!(text, "{path}: {count} faults"),
        };
    }
    text
}

fn in_json(path: &str, faults: &Faults) -> Vec<Value> {
    let one = |fault: &cover_spec::Fault| {
        let (line, column) = faults.place(fault);
        json!({
            "file": path,
            "line": line,
            "column": column,
            "message": fault.message(),
            "help": fault.label(),
        })
    };
    faults.iter().map(one).collect()
}
