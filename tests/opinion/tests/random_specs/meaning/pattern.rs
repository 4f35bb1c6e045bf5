//! Patterns: read, matched, and drawn from.

use std::collections::BTreeSet;

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
        let anywhere = (0..=text.len()).collect();
        !self.ends(&text, &anywhere).is_empty()
    }

    /// Returns where matches end that begin at one of these places.
    fn ends(&self, text: &[char], from: &BTreeSet<usize>) -> BTreeSet<usize> {
        let branch = |parts: &Vec<Part>| parts.iter().fold(from.clone(), |from, part| part.ends(text, from));
        self.0.iter().flat_map(branch).collect()
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

impl Part {
    fn ends(&self, text: &[char], from: BTreeSet<usize>) -> BTreeSet<usize> {
        let mut ends = if self.least == 0 { from.clone() } else { BTreeSet::new() };
        let mut at = from;
        for done in 1..=self.most {
            at = self.atom.ends(text, &at);
            let known = ends.len();
            if done >= self.least {
                ends.extend(&at);
            }
            // Further repetitions end at the same places.
            if at.is_empty() || (done > self.least && ends.len() == known) {
                break;
            }
        }
        ends
    }
}

impl Atom {
    fn ends(&self, text: &[char], from: &BTreeSet<usize>) -> BTreeSet<usize> {
        let is_in = |ranges: &[(char, char)], at: usize| {
            text.get(at).map(|letter| ranges.iter().any(|(from, to)| (from..=to).contains(&letter)))
        };
        match self {
            Self::Begin => from.iter().copied().filter(|at| *at == 0).collect(),
            Self::End => from.iter().copied().filter(|at| *at == text.len()).collect(),
            Self::Set(ranges, among) => {
                from.iter().filter(|at| is_in(ranges, **at) == Some(*among)).map(|at| at + 1).collect()
            }
            Self::Group(pattern) => pattern.ends(text, from),
        }
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
