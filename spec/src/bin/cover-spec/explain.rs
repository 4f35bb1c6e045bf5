//! `cover-spec check --explain`

use std::fmt::Write;

use cover_spec::Spec;
use cover_spec::model::{Files, Inherited, Sources};

/// Returns a line for everything that a spec takes from its bases, and for what it leaves out of them.
pub(crate) fn all(sources: &Sources) -> String {
    let mut text = String::new();
    for file in sources.files.iter().skip(1) {
        let is_here = |it: &&Inherited| path(&sources.files, it) == file.path;
        let inherited: Vec<&Inherited> = sources.inherited.iter().filter(is_here).collect();
        let dropped: Vec<&Inherited> = sources.dropped.iter().filter(is_here).collect();
        let _ = match inherited.len() + dropped.len() {
            0 => writeln!(text, "  nothing comes from {}", file.path),
            _ => writeln!(text, "  from {}:", file.path),
        };
        for it in inherited {
            let _ = writeln!(text, "    {}", described(&sources.files, it));
        }
        for it in dropped {
            let _ = writeln!(text, "    {} (dropped: this spec has no such field)", described(&sources.files, it));
        }
    }
    text
}

/// Returns a line for each mode that has too many combinations of values to be searched for contradictions.
pub(crate) fn unsearched(spec: &Spec) -> String {
    let line =
        |name: &str| format!("  `{name}` is not searched for contradictions: it has too many combinations of values\n");
    spec.unsearched_modes().into_iter().map(line).collect()
}

/// Returns "12 keys and 4 tables come from base.toml; --explain lists them", or nothing without a base.
pub(crate) fn summary(sources: &Sources) -> Option<String> {
    let bases: Vec<&str> = sources.files.iter().skip(1).map(|file| file.path.as_str()).collect();
    if bases.is_empty() {
        return None;
    }
    let tables = sources.inherited.iter().filter(|it| it.is_table).count();
    let counted = [(sources.inherited.len() - tables, "key"), (tables, "table")];
    let counted = counted.iter().filter(|(count, _)| *count > 0);
    let counted: Vec<String> = counted.map(|(count, what)| number(*count, what)).collect();
    let verb = if sources.inherited.len() == 1 { "comes" } else { "come" };
    Some(match &counted[..] {
        [] => format!("nothing comes from {}", bases.join(" and ")),
        _ => format!("{} {verb} from {}; --explain lists them", counted.join(" and "), bases.join(" and ")),
    })
}

fn number(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn path<'a>(files: &'a Files, it: &Inherited) -> &'a str {
    files.line(it.place).map_or("", |(path, _)| path)
}

/// Returns "line 12: poll.path = …".
fn described(files: &Files, it: &Inherited) -> String {
    let line = files.line(it.place).map_or(0, |(_, line)| line);
    format!("line {line}: {} = {}", it.name, it.value)
}
