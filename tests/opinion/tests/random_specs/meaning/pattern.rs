//! Patterns: read, matched, and drawn from.

use fastrand::Rng;

/// A pattern: one of several sequences matches.
pub struct Pattern(Vec<Vec<Part>>);

struct Part {
    atom: Atom,
    least: usize,
    most: usize,
}

enum Atom {
    Begin,
    End,
    /// One of these ranges, or none of them.
    Set(Vec<(char, char)>, bool),
    Group(Pattern),
}

impl Pattern {
    /// Reads a pattern of the subset.
    pub fn read(text: &str) -> Self {
        let mut reader = Reader { chars: text.chars().collect(), at: 0 };
        let pattern = reader.pattern();
        assert_eq!(reader.at, reader.chars.len(), "the pattern {text} has one `)` too many");
        pattern
    }

    /// Whether the pattern matches the text somewhere.
    pub fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        (0..=text.len()).any(|from| self.match_from(&text, from, &|_| true))
    }

    fn match_from(&self, text: &[char], at: usize, then: &dyn Fn(usize) -> bool) -> bool {
        self.0.iter().any(|parts| match_parts(parts, text, at, then))
    }

    /// Draws a text that the pattern usually matches.
    pub fn draw(&self, rng: &mut Rng) -> String {
        let parts = &self.0[rng.usize(..self.0.len())];
        let mut text = String::new();
        for part in parts {
            for _ in 0..rng.usize(part.least..=part.most.min(part.least + 3)) {
                match &part.atom {
                    Atom::Begin | Atom::End => {}
                    Atom::Set(ranges, true) => {
                        let (from, to) = ranges[rng.usize(..ranges.len())];
                        text.push(rng.char(from..=to));
                    }
                    Atom::Set(ranges, false) => {
                        let others = ['q', '7', ' ', 'ß', '🎷'];
                        let other =
                            others.iter().find(|other| !ranges.iter().any(|(from, to)| (from..=to).contains(other)));
                        text.extend(other);
                    }
                    Atom::Group(pattern) => text.push_str(&pattern.draw(rng)),
                }
            }
        }
        text
    }
}

fn match_parts(parts: &[Part], text: &[char], at: usize, then: &dyn Fn(usize) -> bool) -> bool {
    let Some((part, rest)) = parts.split_first() else { return then(at) };
    match_repeated(part, 0, text, at, &|end| match_parts(rest, text, end, then))
}

/// Matches the part as often as it may be repeated, `done` times so far.
fn match_repeated(part: &Part, done: usize, text: &[char], at: usize, then: &dyn Fn(usize) -> bool) -> bool {
    // A repetition that matches nothing may be repeated at will.
    let again = |end: usize| if end == at { then(end) } else { match_repeated(part, done + 1, text, end, then) };
    (done < part.most && match_atom(&part.atom, text, at, &again)) || (done >= part.least && then(at))
}

fn match_atom(atom: &Atom, text: &[char], at: usize, then: &dyn Fn(usize) -> bool) -> bool {
    match atom {
        Atom::Begin => at == 0 && then(at),
        Atom::End => at == text.len() && then(at),
        Atom::Set(ranges, among) => {
            let is_in = |letter: &char| ranges.iter().any(|(from, to)| (from..=to).contains(&letter)) == *among;
            text.get(at).is_some_and(is_in) && then(at + 1)
        }
        Atom::Group(pattern) => pattern.match_from(text, at, then),
    }
}

struct Reader {
    chars: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> char {
        self.at += 1;
        self.chars[self.at - 1]
    }

    /// Passes the character if it is next.
    fn pass(&mut self, expected: char) -> bool {
        let passes = self.peek() == Some(expected);
        self.at += usize::from(passes);
        passes
    }

    fn pattern(&mut self) -> Pattern {
        let mut branches = vec![Vec::new()];
        while let Some(next) = self.peek().filter(|next| *next != ')') {
            if next == '|' {
                self.at += 1;
                branches.push(Vec::new());
            } else {
                let atom = self.atom();
                let (least, most) = self.repetition();
                branches.last_mut().expect("a branch").push(Part { atom, least, most });
            }
        }
        Pattern(branches)
    }

    fn atom(&mut self) -> Atom {
        match self.next() {
            '^' => Atom::Begin,
            '$' => Atom::End,
            '[' => self.set(),
            '(' => {
                if self.pass('?') {
                    assert!(self.pass(':'), "only `(?:` begins with `(?`");
                }
                let pattern = self.pattern();
                assert!(self.pass(')'), "a group ends with `)`");
                Atom::Group(pattern)
            }
            '\\' => {
                let letter = self.next();
                Atom::Set(vec![(letter, letter)], true)
            }
            letter => Atom::Set(vec![(letter, letter)], true),
        }
    }

    fn set(&mut self) -> Atom {
        let among = !self.pass('^');
        let mut ranges = Vec::new();
        while !self.pass(']') {
            let from = self.letter();
            let to = if self.pass('-') { self.letter() } else { from };
            ranges.push((from, to));
        }
        Atom::Set(ranges, among)
    }

    fn letter(&mut self) -> char {
        self.pass('\\');
        self.next()
    }

    fn repetition(&mut self) -> (usize, usize) {
        if self.pass('*') {
            return (0, usize::MAX);
        }
        if self.pass('+') {
            return (1, usize::MAX);
        }
        if self.pass('?') {
            return (0, 1);
        }
        if !self.pass('{') {
            return (1, 1);
        }
        let least = self.figure();
        let most = if !self.pass(',') {
            least
        } else if self.peek() == Some('}') {
            usize::MAX
        } else {
            self.figure()
        };
        assert!(self.pass('}'), "a repetition ends with `}}`");
        (least, most)
    }

    fn figure(&mut self) -> usize {
        let mut figure = 0;
        while let Some(digit) = self.peek().and_then(|digit| digit.to_digit(10)) {
            figure = figure * 10 + digit as usize;
            self.at += 1;
        }
        figure
    }
}
