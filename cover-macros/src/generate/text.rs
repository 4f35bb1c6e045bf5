//! Texts of the spec, made safe for documentation. None of their code becomes a doctest.

/// A line that opens a block of code.
#[derive(Clone, Copy)]
struct Fence {
    mark: char,
    length: usize,
}

impl Fence {
    fn opened_by(line: &str) -> Option<Self> {
        let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let after = line.trim_start_matches(mark);
        let length = line.len() - after.len();
        let is_span = mark == '`' && after.contains('`');
        (length >= 3 && !is_span).then_some(Self { mark, length })
    }

    fn is_closed_by(self, line: &str) -> bool {
        let line = line.trim_start_matches(|letter: char| letter == '>' || letter.is_whitespace()).trim_end();
        line.len() >= self.length && line.chars().all(|letter| letter == self.mark)
    }

    fn line(self) -> String {
        self.mark.to_string().repeat(self.length)
    }
}

/// Returns a `doc` of the spec as Markdown without doctests.
///
/// A fence gets the language `text`, and is closed if the text does not close it. Indented code becomes prose. A text
/// that ends with a fence ends with a line break, so that more text can follow.
pub(super) fn text(doc: &str) -> String {
    let mut text = String::new();
    let mut open: Option<Fence> = None;
    for line in doc.replace("\r\n", "\n").replace('\r', "\n").lines() {
        if let Some(fence) = open {
            if fence.is_closed_by(line) {
                open = None;
                text += &fence.line();
            } else {
                text += line;
            }
        } else {
            let (start, rest) = split_start(line);
            open = Fence::opened_by(rest);
            if let Some(fence) = open {
                text.truncate(text.trim_end().len());
                text += "\n\n";
                text += &fence.line();
                text += "text";
            } else {
                text += &start;
                text += if opens_html(rest) { "\\" } else { "" };
                text += rest;
            }
        }
        text.push('\n');
    }
    if let Some(fence) = open {
        text += &fence.line();
        text.push('\n');
    }
    let end = text.trim_end().len();
    let ends_with_fence = text[..end].lines().next_back().is_some_and(|line| Fence::opened_by(line).is_some());
    text.truncate(end);
    if ends_with_fence {
        text.push('\n');
    }
    text
}

/// Returns a `doc` of the spec as a cell of a table.
pub(super) fn cell(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// Splits a line after its indentation and the markers of lists, quotes and footnotes. More than three spaces would be code.
fn split_start(line: &str) -> (String, &str) {
    let mut rest = line.trim_start();
    let mut start = " ".repeat((line.len() - rest.len()).min(3));
    while let Some(length) = marker(rest) {
        let (marker, after) = rest.split_at(length);
        start += marker;
        start.push(' ');
        rest = after.trim_start();
    }
    (start, rest)
}

/// Returns the length of the marker at the start of a line.
fn marker(line: &str) -> Option<usize> {
    if line.starts_with('>') {
        return Some(1);
    }
    if line.starts_with("[^") {
        return line.find("]:").map(|end| end + 2);
    }
    let (word, _) = line.split_once(char::is_whitespace)?;
    let is_number = |number: &str| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
    let is_marker =
        matches!(word, "-" | "+" | "*" | "[x]" | "[X]") || word.strip_suffix(['.', ')']).is_some_and(is_number);
    match word {
        _ if is_marker => Some(word.len()),
        "[" if line.starts_with("[ ] ") => Some(3),
        _ => None,
    }
}

/// Whether a line opens a block of HTML that a blank line does not end, so that it could hide the text after it.
fn opens_html(line: &str) -> bool {
    let Some(tag) = line.strip_prefix('<') else { return false };
    let name: String = tag.chars().take_while(char::is_ascii_alphabetic).collect();
    tag.starts_with(['!', '?']) || ["pre", "script", "style", "textarea"].contains(&&*name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{cell, text};

    #[test]
    fn prose_stays_as_it_is() {
        for prose in ["", "A song.", "A song.\nWith `code`.\n\n- one\n  - two\n1. three\n> four", "<https://a.example>"]
        {
            assert_eq!(text(prose), prose);
        }
    }

    #[test]
    fn fences_get_the_language_text() {
        for fence in ["```", "~~~", "````"] {
            for language in ["", "rust", " rust,no_run", "json"] {
                let doc = format!("A song:\n{fence}{language}\n    two cats\n{fence}\nMore.");
                assert_eq!(text(&doc), format!("A song:\n\n{fence}text\n    two cats\n{fence}\nMore."));
            }
        }
        assert_eq!(text("```a``` is code."), "```a``` is code.");
    }

    #[test]
    fn open_fences_are_closed() {
        assert_eq!(text("A song:\n\n```"), "A song:\n\n```text\n```\n");
        assert_eq!(text("````\n```\n~~~~"), "\n\n````text\n```\n~~~~\n````\n");
    }

    #[test]
    fn a_text_can_follow_a_fence() {
        assert_eq!(text("A song:\n```\ntwo cats\n```\n\n"), "A song:\n\n```text\ntwo cats\n```\n");
    }

    #[test]
    fn indented_code_becomes_prose() {
        assert_eq!(text("A song:\n\n    two cats\n"), "A song:\n\n   two cats");
        assert_eq!(text("A song:\r\r\ttwo cats"), "A song:\n\n two cats");
        assert_eq!(text("-     two cats"), "- two cats");
        assert_eq!(text("> 1.\t    two cats"), "> 1. two cats");
    }

    #[test]
    fn fences_in_lists_quotes_and_footnotes_are_found() {
        for start in ["- ", "* ", "12) ", "> ", ">", "> - ", "- [ ] ", "- [x] ", "[^note]: ", "  + "] {
            assert_eq!(text(&format!("{start}```rust\ntwo cats\n> ```")), "\n\n```text\ntwo cats\n```\n", "{start}");
        }
    }

    #[test]
    fn html_does_not_hide_what_follows() {
        assert_eq!(text("<!-- a song"), "\\<!-- a song");
        assert_eq!(text("- <PRE>"), "- \\<PRE>");
    }

    #[test]
    fn a_cell_has_one_line() {
        assert_eq!(cell("a | b\n\n```rust\nc"), "a \\| b ```rust c");
    }
}
