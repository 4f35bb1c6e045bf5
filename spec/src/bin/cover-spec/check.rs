//! `cover-spec check`

use std::fmt::Write;

use cover_spec::{Checked, Faults};
use serde_json::{Value, json};

use crate::files::{self, Failure};
use crate::{Outcome, explain};

/// How `check` prints what it finds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Words,
    /// With everything that specs inherit, and what is not searched.
    Explained,
    Json,
}

/// A file, and the result of its check.
type One<'a> = (&'a str, Result<Checked, Faults>);

pub(crate) fn check(files: &[&str], form: Form) -> Result<Outcome, Failure> {
    files::read_once(files)?;
    let (mut all, mut failures): (Vec<One<'_>>, Vec<Failure>) = (Vec::new(), Vec::new());
    for path in files {
        match files::checked(path) {
            Ok(checked) => all.push((path, checked)),
            Err(failure) => failures.push(failure),
        }
    }
    let fine = all.iter().all(|(_, checked)| checked.is_ok());
    let text = if form == Form::Json {
        let faults = all.iter().filter_map(|(path, checked)| Some((path, checked.as_ref().err()?)));
        let all: Vec<Value> = faults.flat_map(|(path, faults)| in_json(path, faults)).collect();
        files::pretty(&json!(all))
    } else {
        in_words(&all, form == Form::Explained)
    };
    if failures.is_empty() {
        return Ok(Outcome { text, fine });
    }
    files::print(&text)?;
    Err(Failure::Several(failures))
}

fn in_words(all: &[One<'_>], explains: bool) -> String {
    let mut text = String::new();
    for faults in all.iter().filter_map(|(_, checked)| checked.as_ref().err()) {
        let reports: Vec<String> =
            if files::is_terminal() { faults.coloured().collect() } else { faults.reports().collect() };
        for report in reports {
            let _ = writeln!(text, "{report}\n");
        }
    }
    for (path, checked) in all {
        let _ = writeln!(text, "{}: {}", files::shown(path), verdict(checked, explains));
        let sources = match checked {
            Ok(checked) => Some(checked.sources()),
            Err(faults) => faults.partial().map(|spec| &spec.sources),
        };
        text += &sources.filter(|_| explains).map(explain::all).unwrap_or_default();
        if let (true, Ok(Checked::Spec(spec))) = (explains, checked) {
            text += &explain::unsearched(spec);
        }
    }
    text
}

/// Returns "no faults", or their number.
fn verdict(checked: &Result<Checked, Faults>, explains: bool) -> String {
    match checked.as_ref().map_err(|faults| faults.iter().len()) {
        Ok(checked) => {
            let summary = explain::summary(checked.sources()).filter(|_| !explains);
            format!("no faults{}", summary.map(|summary| format!(" ({summary})")).unwrap_or_default())
        }
        Err(1) => "1 fault".to_owned(),
        Err(count) => format!("{count} faults"),
    }
}

fn in_json(path: &str, faults: &Faults) -> Vec<Value> {
    let one = |fault: &cover_spec::Fault| {
        let (line, column) = faults.place(fault);
        json!({
            "severity": "error",
            "file": files::shown(path),
            "line": line,
            "column": column,
            "message": fault.message(),
            "help": fault.label(),
        })
    };
    faults.iter().map(one).collect()
}
