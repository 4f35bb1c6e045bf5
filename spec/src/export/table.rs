//! Several operations as a Markdown table.

use std::fmt::Write;

use super::markdown::cell;
use crate::model::Spec;

/// Returns a Markdown table with a row for each spec, which begins with the text beside the spec. A price that the spec does
/// not have is "—".
///
/// ```
/// let wav = cover_spec::Spec::parse_shipped("sunoapi/wav.toml")?;
/// let table = cover_spec::markdown_table([("[wav](wav.md)", &wav)]);
/// assert!(table.ends_with("| [wav](wav.md) | WAV files of tracks, made by sunoapi.org. | a task | 0.4 |\n"));
/// # Ok::<(), cover_spec::Faults>(())
/// ```
pub fn markdown_table<'a, N: AsRef<str>>(specs: impl IntoIterator<Item = (N, &'a Spec)>) -> String {
    let mut table = "| operation | what it gives | answer | price in credits |\n|---|---|---|---|\n".to_owned();
    for (name, spec) in specs {
        let answer = if spec.poll.is_some() { "a task" } else { "the result" };
        let price = spec.credits.as_ref().map_or("—".to_owned(), crate::model::Credits::price_in_words);
        let _ = writeln!(table, "| {} | {} | {answer} | {} |", name.as_ref(), cell(&spec.service.doc), cell(&price));
    }
    table
}
