//! Names of files by a template, such as `{title} {n}.{ext}`.

use std::fmt;

use serde_json::{Map, Value};

/// A template for the names of files.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Text(String),
    Word(String),
}

/// What the words of a template stand for.
#[derive(Debug)]
pub(crate) struct Words<'a> {
    /// Position among the files of the task, from 1.
    pub(crate) number: usize,
    pub(crate) extension: &'a str,
    pub(crate) key: &'a str,
    pub(crate) task: &'a str,
    /// Name of the result, or of the member, that has the address.
    pub(crate) result: &'a str,
    /// Members of the result.
    pub(crate) members: &'a Map<String, Value>,
}

impl Template {
    /// The words that every template may have. The others are members of the result.
    pub(super) const OWN: [&str; 5] = ["n", "ext", "key", "task", "result"];

    /// Returns the template `{first} {second}.{ext}`.
    pub(super) fn of_words(first: &str, second: &str) -> Self {
        let [first, second, extension] = [first, second, "ext"].map(|word| Part::Word(word.to_owned()));
        let [space, dot] = [" ", "."].map(|text| Part::Text(text.to_owned()));
        Self(vec![first, space, second, dot, extension])
    }

    /// Reads a template. `{{` and `}}` stand for braces.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (mut parts, mut literal, mut rest) = (Vec::new(), String::new(), text);
        while let Some(at) = rest.find(['{', '}']) {
            literal.push_str(&rest[..at]);
            let (brace, after) = rest[at..].split_at(1);
            if let Some(after) = after.strip_prefix(brace) {
                literal.push_str(brace);
                rest = after;
                continue;
            }
            let word = after.split_once('}').filter(|_| brace == "{");
            let Some((word, after)) = word else {
                return Err(format!("`{brace}` has no partner; write `{brace}{brace}` for a brace"));
            };
            if word.is_empty() || word.contains('{') {
                return Err(format!("`{{{word}}}` is not a word"));
            }
            parts.extend((!literal.is_empty()).then(|| Part::Text(std::mem::take(&mut literal))));
            parts.push(Part::Word(word.to_owned()));
            rest = after;
        }
        literal.push_str(rest);
        parts.extend((!literal.is_empty()).then_some(Part::Text(literal)));
        if parts.is_empty() { Err("it is empty".to_owned()) } else { Ok(Self(parts)) }
    }

    /// Returns the words that are neither the template's own nor among these.
    pub(super) fn unknown_words(&self, members: &[String]) -> Vec<&str> {
        let words = self.0.iter().filter_map(|part| match part {
            Part::Word(word) => Some(word.as_str()),
            Part::Text(_) => None,
        });
        words.filter(|word| !Self::OWN.contains(word) && !members.iter().any(|member| member == word)).collect()
    }

    /// Returns the name of a file, not yet safe for a file system. A member that the result lacks is the key.
    pub(crate) fn fill(&self, words: &Words<'_>) -> String {
        let mut name = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => name.push_str(text),
                Part::Word(word) => name.push_str(&words.get(word)),
            }
        }
        name
    }
}

impl Words<'_> {
    fn get(&self, word: &str) -> String {
        match word {
            "n" => self.number.to_string(),
            "ext" => self.extension.to_owned(),
            "key" => self.key.to_owned(),
            "task" => self.task.to_owned(),
            "result" => self.result.to_owned(),
            member => match self.members.get(member) {
                Some(Value::String(text)) if !text.trim().is_empty() => text.clone(),
                Some(Value::Number(number)) => number.to_string(),
                _ => self.key.to_owned(),
            },
        }
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.0 {
            match part {
                Part::Text(text) => f.write_str(&text.replace('{', "{{").replace('}', "}}"))?,
                Part::Word(word) => write!(f, "{{{word}}}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_for_the_file_and_for_members_of_its_result() {
        let members = serde_json::json!({ "title": "Night Drive", "empty": " " });
        let members = members.as_object().unwrap();
        let words = Words { number: 2, extension: "mp3", key: "song-1", task: "t1", result: "url", members };
        for (template, name) in [
            ("{title} {n}.{ext}", "Night Drive 2.mp3"),
            ("{key}-{task}-{result}", "song-1-t1-url"),
            ("{empty}.{ext}", "song-1.mp3"),
            ("{absent}", "song-1"),
            ("{{{n}}}", "{2}"),
        ] {
            assert_eq!(Template::parse(template).unwrap().fill(&words), name, "{template}");
        }
    }

    #[test]
    fn a_template_with_a_lone_brace_or_without_a_word_is_refused() {
        for template in ["", "{", "}", "{}", "{a{b}}", "a}b"] {
            assert!(Template::parse(template).is_err(), "{template}");
        }
    }
}
