//! The syntax of patterns: a subset of regular expressions that means the same in Rust, ECMAScript and JSON Schema.

use crate::source::{At, Section};

/// Maximum length of a pattern, in characters.
const LONGEST: usize = 1000;
/// Maximum number of a repetition.
const MOST_REPETITIONS: u64 = 255;
/// Maximum size of a pattern whose repetitions are written out. It bounds the time that matching takes.
const LARGEST: u64 = 2000;
/// Maximum depth of groups in groups.
const DEEPEST: usize = 20;

/// The characters that have a meaning of their own. With `\` before it, each stands for itself.
const SPECIAL: &str = r"\^$.*+?()[]{}|/";

/// Reads the key `pattern`. A pattern with a fault is reported and left out.
pub(super) fn pattern(section: &Section<'_>) -> Option<At<String>> {
    let pattern = section.text("pattern")?;
    match check(&pattern) {
        Ok(()) => Some(pattern),
        Err(Wrong { message, label }) => {
            section.report(pattern.fault(message, label));
            None
        }
    }
}

/// What is wrong with a pattern, and what to do about it.
struct Wrong {
    message: String,
    label: String,
}

/// The size of a part, or what is wrong with it.
type Measured = Result<u64, Wrong>;

fn wrong<T>(message: impl Into<String>, label: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { message: message.into(), label: label.into() })
}

fn check(pattern: &str) -> Result<(), Wrong> {
    let characters: Vec<char> = pattern.chars().collect();
    if characters.len() > LONGEST {
        let message = format!("the pattern has {} characters, and at most {LONGEST} are allowed", characters.len());
        return wrong(message, "use a shorter pattern");
    }
    let mut reader = Reader { characters: &characters, at: 0 };
    let size = reader.alternatives(0)?;
    if size > LARGEST {
        let message = format!(
            "with its repetitions written out, the pattern has {size} characters, ranges and groups, and at most {LARGEST} are \
             allowed"
        );
        return wrong(message, "use smaller numbers, or limit the length by `max_length`");
    }
    Ok(())
}

/// The characters of a pattern, and the place of the next one.
struct Reader<'a> {
    characters: &'a [char],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    fn takes(&mut self, wanted: char) -> bool {
        let is_next = self.peek() == Some(wanted);
        self.at += usize::from(is_next);
        is_next
    }

    /// Reports the part from `start` to the next character.
    fn not_allowed<T>(&self, start: usize, label: impl Into<String>) -> Result<T, Wrong> {
        let end = self.at.max(start + 1).min(self.characters.len());
        let part: String = self.characters[start..end].iter().collect();
        wrong(format!("`{part}` at character {} of the pattern is not allowed", start + 1), label)
    }

    /// Reads `a|b`, in `depth` groups.
    fn alternatives(&mut self, depth: usize) -> Measured {
        let mut size = self.sequence(depth)?;
        while self.takes('|') {
            size += self.sequence(depth)?;
        }
        Ok(size)
    }

    fn sequence(&mut self, depth: usize) -> Measured {
        let (start, mut size) = (self.at, 0);
        while self.peek().is_some_and(|next| next != '|' && (next != ')' || depth == 0)) {
            size += self.repeated(depth)?;
        }
        if self.at == start {
            let message = match self.peek() {
                _ if self.characters.is_empty() => "the pattern is empty".to_owned(),
                _ => format!("there is nothing to match at character {} of the pattern", start + 1),
            };
            return wrong(message, "give a part, or remove this one; `?` after a group makes it optional");
        }
        Ok(size)
    }

    /// Reads a part and its repetition.
    fn repeated(&mut self, depth: usize) -> Measured {
        let can_be_repeated = !matches!(self.peek(), Some('^' | '$'));
        let size = self.part(depth)?;
        let start = self.at;
        let Some(times) = self.repetition()? else { return Ok(size) };
        if !can_be_repeated {
            return self.not_allowed(start, "`^` and `$` cannot be repeated");
        }
        match self.peek() {
            Some('?') => {
                self.at += 1;
                self.not_allowed(start, "remove the `?`, which does not change which texts match")
            }
            Some('*' | '+' | '{') => {
                self.at += 1;
                self.not_allowed(start, "write one repetition, or put the part with the first one into a group")
            }
            _ => Ok(size.saturating_mul(times.max(1))),
        }
    }

    fn part(&mut self, depth: usize) -> Measured {
        let start = self.at;
        match self.next() {
            Some('(') => self.group(start, depth),
            Some('[') => self.set(start),
            Some('\\') => self.escaped(start, false).map(|_| 1),
            Some('.') => {
                self.not_allowed(start, "write `\\.` for a point, or the characters, such as `[^,]` or `[ -~]`")
            }
            Some(repetition @ ('*' | '+' | '?' | '{')) => {
                let label =
                    format!("put it after what is repeated, or write `\\{repetition}` for the character itself");
                self.not_allowed(start, label)
            }
            Some(own @ (')' | ']' | '}' | '/')) => self.not_allowed(start, format!("write `\\{own}`")),
            _ => Ok(1),
        }
    }

    fn group(&mut self, start: usize, depth: usize) -> Measured {
        if self.takes('?') && !self.takes(':') {
            self.at = (self.at + 1).min(self.characters.len());
            return self.not_allowed(start, "write `(…)` or `(?:…)`");
        }
        if depth == DEEPEST {
            let message = format!("the group at character {} of the pattern is more than {DEEPEST} deep", start + 1);
            return wrong(message, "use fewer groups");
        }
        let size = self.alternatives(depth + 1)?;
        if self.takes(')') {
            return Ok(size + 1);
        }
        wrong(format!("the group at character {} of the pattern has no end", start + 1), "add `)`")
    }

    /// Reads `*`, `+`, `?` or numbers. Returns the number of copies that it takes to write it out.
    fn repetition(&mut self) -> Result<Option<u64>, Wrong> {
        let start = self.at;
        match self.peek() {
            Some('*' | '+' | '?') => self.at += 1,
            Some('{') => return self.counted(start).map(Some),
            _ => return Ok(None),
        }
        Ok(Some(1))
    }

    /// Reads `{2}`, `{2,}` or `{2,5}`.
    fn counted(&mut self, start: usize) -> Measured {
        self.at += 1;
        let least = self.number();
        let most = if self.takes(',') { self.number() } else { least };
        let is_open = self.characters[self.at - 1] == ',';
        let (Some(least), true) = (least, self.takes('}')) else {
            return self.not_allowed(start, "write `\\{` for the character itself, or `{2}`, `{2,}` or `{2,5}`");
        };
        let times = if is_open { least + 1 } else { most.unwrap_or(least) };
        if least.max(most.unwrap_or(0)) > MOST_REPETITIONS {
            return self.not_allowed(start, format!("use numbers up to {MOST_REPETITIONS}, or `*` or `+`"));
        }
        if most.is_some_and(|most| most < least) {
            return self.not_allowed(start, "write the smaller number first");
        }
        Ok(times)
    }

    fn number(&mut self) -> Option<u64> {
        let start = self.at;
        let mut number = 0_u64;
        while let Some(digit) = self.peek().and_then(|character| character.to_digit(10)) {
            number = number.saturating_mul(10).saturating_add(digit.into());
            self.at += 1;
        }
        (self.at > start).then_some(number)
    }

    /// Reads `[a-z_]` or `[^a-z_]`.
    fn set(&mut self, start: usize) -> Measured {
        self.takes('^');
        let mut size = 0;
        loop {
            let from = self.at;
            match self.next() {
                None => {
                    let message = format!("the set at character {} of the pattern has no end", start + 1);
                    return wrong(message, "add `]`");
                }
                Some(']') if size == 0 => return self.not_allowed(start, "list characters, or write `\\[` and `\\]`"),
                Some(']') => return Ok(size),
                Some(first) => self.range(from, first)?,
            }
            size += 1;
        }
    }

    /// Reads the rest of `a` or `a-z` in a set.
    fn range(&mut self, from: usize, first: char) -> Result<(), Wrong> {
        if matches!(first, '&' | '~') && self.peek() == Some(first) {
            self.at += 1;
            return self.not_allowed(from, format!("write `{first}` once"));
        }
        let first = self.member(from, first)?;
        if !self.takes('-') {
            return Ok(());
        }
        let (dash, to) = (self.at - 1, self.at);
        let last = match self.next() {
            None | Some(']' | '-') => {
                self.at = to;
                return self.not_allowed(dash, "write `\\-`");
            }
            Some(last) => self.member(to, last)?,
        };
        if first > last {
            return self.not_allowed(from, "write the smaller character first");
        }
        Ok(())
    }

    /// Returns the character that stands in a set at this place.
    fn member(&mut self, start: usize, character: char) -> Result<char, Wrong> {
        match character {
            '\\' => self.escaped(start, true),
            '[' | '^' | '-' => self.not_allowed(start, format!("write `\\{character}`")),
            other => Ok(other),
        }
    }

    /// Returns the character after `\`.
    fn escaped(&mut self, start: usize, in_set: bool) -> Result<char, Wrong> {
        match self.next() {
            Some(special) if SPECIAL.contains(special) => Ok(special),
            Some('-') if in_set => Ok('-'),
            Some(other) => self.not_allowed(start, instead_of(other, in_set)),
            None => self.not_allowed(start, "write `\\\\` for the character itself"),
        }
    }
}

/// Returns what to write instead of `\` and this character.
fn instead_of(letter: char, in_set: bool) -> String {
    let members = match letter {
        'd' | 'D' => "0-9",
        'w' | 'W' => "0-9A-Za-z_",
        's' | 'S' => return "list the blanks that are meant, such as `[ ]`".to_owned(),
        'b' | 'B' => return "there is no pattern for the ends of words; list the characters beside them".to_owned(),
        'n' | 'r' | 't' | 'u' | 'x' => {
            return "write the character itself, by an escape of TOML in a text with double quotes".to_owned();
        }
        'p' | 'P' | 'k' | '0'..='9' => return "list the characters that are meant, in `[…]`".to_owned(),
        'A' => return "write `^`".to_owned(),
        'z' | 'Z' => return "write `$`".to_owned(),
        other => return format!("write `{other}`"),
    };
    match (letter.is_uppercase(), in_set) {
        (true, true) => format!("write a set of its own, `[^{members}]`"),
        (true, false) => format!("write `[^{members}]`"),
        (false, true) => format!("write `{members}`"),
        (false, false) => format!("write `[{members}]`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws numbers that are the same in each run.
    fn draw(state: &mut u64) -> usize {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(*state >> 33).expect("31 bits")
    }

    #[test]
    fn every_pattern_without_a_fault_compiles() {
        const PIECES: &[&str] = &[
            "a", "z", "é", "🎷", "0", "-", "&", "~", "&&", " ", "\n", "^", "$", ".", "*", "+", "?", "(", ")", "(?:",
            "[", "[^", "]", "{", "}", "{2}", "{0,3}", "{2,}", "|", "/", "\\", "\\.", "\\-", "\\\\", "a-z", ",", "<",
            "#", ":",
        ];
        let (mut state, mut good) = (1, 0);
        for _ in 0..200_000 {
            let length = 1 + draw(&mut state) % 7;
            let pattern: String = (0..length).map(|_| PIECES[draw(&mut state) % PIECES.len()]).collect();
            if check(&pattern).is_ok() {
                good += 1;
                regex_lite::Regex::new(&pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
            }
        }
        assert!(good > 10_000, "{good}");
    }

    #[test]
    fn the_largest_patterns_compile() {
        let sets = format!("[{}]{{2}}", "a".repeat(990));
        let groups = format!("{}a{}", "(".repeat(DEEPEST), ")".repeat(DEEPEST));
        for pattern in [&sets, &groups, "(?:(?:a{0}){30}){30}", &"a".repeat(LONGEST), "[a-z]{0,255}(?:[0-9]{7}){200}"] {
            assert!(check(pattern).is_ok(), "{pattern}");
            regex_lite::Regex::new(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
        }
    }
}
