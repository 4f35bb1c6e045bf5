//! No change of a spec, however odd, makes `cover-spec check` panic or hang, and every fault has a place.
//!
//! `COVER_RUNS` is the number of changed files, and `COVER_SEED` the first seed.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cover_spec::Spec;
use fastrand::Rng;

/// Number of changed files.
const FILES: u64 = 5_000;

/// The longest time for one file. It is generous, since other tests run at the same time.
const LONGEST: Duration = Duration::from_secs(10);

/// Texts that the language gives a meaning, and some that it does not.
const TOKENS: [&str; 58] = [
    "true",
    "false",
    "0",
    "-1",
    "1.5",
    "1e999",
    "9007199254740993",
    "0xff",
    "inf",
    "nan",
    "\"\"",
    "\"always\"",
    "\"others\"",
    "\"10 s\"",
    "[]",
    "{}",
    "[[]]",
    "{ given = true }",
    "{ value = 1, modes = [] }",
    "[fields.x]",
    "[[groups]]",
    "[[totals]]",
    "[[differences]]",
    "[modes.\"A<B>\"]",
    "type = \"string\"",
    "list = true",
    "nullable = true",
    "constant = 1",
    "default = true",
    "min = 5",
    "max = 1",
    "min_length = 4294967296",
    "max_items = -1",
    "multiple_of = 0",
    "pattern = '(((('",
    "pattern = '[a-'",
    "required = \"always\"",
    "optional = \"others\"",
    "forbidden_when = {}",
    "limits = [{}]",
    "base = 3",
    "use = [\"x\"]",
    "parts = true",
    "\u{0}",
    "\u{1F3B7}",
    "\u{202e}",
    "\"\"\"",
    "1979-05-27T07:32:00Z",
    "source = { member = \"id\", task = \"x\" }",
    "source = { unknown = 200 }",
    "fetched = { failure = 200 }",
    "served_at = \"x\"",
    "empty = \"absent\"",
    "cost = 0.0001",
    "costs = [{ when = [], cost = -1 }]",
    "[failures]",
    "[[disputed]]",
    "about = \"fields\"",
];

/// The specs of this repository.
fn specs() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = vec![spec.join("upload_cover.toml")];
    let mut folders = vec![spec.join("../tests/specs"), spec.join("sunoapi")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    Ok(paths)
}

/// Changes lines, words or characters of the text.
fn changed(text: &str, rng: &mut Rng) -> String {
    let mut text = text.to_owned();
    for _ in 0..rng.usize(1..4) {
        text = match rng.u8(..3) {
            0 => with_other_lines(&text, rng),
            1 => with_other_words(&text, rng),
            _ => with_other_bytes(&text, rng),
        };
    }
    text
}

fn with_other_lines(text: &str, rng: &mut Rng) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    if lines.is_empty() {
        return TOKENS[rng.usize(..TOKENS.len())].to_owned();
    }
    let (one, two) = (rng.usize(..lines.len()), rng.usize(..lines.len()));
    match rng.u8(..6) {
        0 => drop(lines.remove(one)),
        1 => lines.insert(two, lines[one]),
        2 => lines.swap(one, two),
        3 => lines.insert(one, TOKENS[rng.usize(..TOKENS.len())]),
        4 => drop(lines.drain(one.min(two)..one.max(two).min(one.min(two) + 12))),
        _ => {
            let line = lines.remove(one);
            lines.insert(two.min(lines.len()), line);
        }
    }
    lines.join("\n")
}

fn with_other_words(text: &str, rng: &mut Rng) -> String {
    let is_part = |letter: char| letter.is_alphanumeric() || "_-.<>".contains(letter);
    let mut words: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|letter| !is_part(letter)).filter(|end| *end > 0);
        let end = if is_part(first) { end.unwrap_or(rest.len()) } else { first.len_utf8() };
        words.push(&rest[..end]);
        rest = &rest[end..];
    }
    if words.is_empty() {
        return String::new();
    }
    let (one, two) = (rng.usize(..words.len()), rng.usize(..words.len()));
    match rng.u8(..4) {
        0 => drop(words.remove(one)),
        1 => words[one] = words[two],
        2 => words.swap(one, two),
        _ => words[one] = TOKENS[rng.usize(..TOKENS.len())],
    }
    words.concat()
}

fn with_other_bytes(text: &str, rng: &mut Rng) -> String {
    let mut bytes = text.as_bytes().to_vec();
    if bytes.is_empty() {
        return String::new();
    }
    let place = rng.usize(..bytes.len());
    match rng.u8(..5) {
        0 => bytes.truncate(place),
        1 => drop(bytes.remove(place)),
        2 => bytes[place] = rng.u8(..),
        3 => bytes.insert(place, *rng.choice(b"\"'[]{}=,.#\n\\<>0").unwrap_or(&b'"')),
        _ => bytes[place] ^= 1 << rng.u8(..7),
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn every_fault_of_a_changed_file_has_a_place() -> Result<(), Box<dyn Error>> {
    let number = |name| std::env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
    let (seed, files) = (number("COVER_SEED").unwrap_or(1), number("COVER_RUNS").unwrap_or(FILES));
    let specs: Vec<(PathBuf, String)> = specs()?
        .into_iter()
        .map(|path| fs::read_to_string(&path).map(|text| (path, text)))
        .collect::<Result<_, _>>()?;
    let mut without_faults = 0;
    for seed in seed..seed + files {
        let mut rng = Rng::with_seed(seed);
        let (path, text) = &specs[rng.usize(..specs.len())];
        let text = changed(text, &mut rng);
        let start = Instant::now();
        let found = places(path, &text);
        let shown = || format!("COVER_SEED={seed} COVER_RUNS=1: {}\n{text}", path.display());
        without_faults += u64::from(found.as_ref().is_ok_and(|count| *count == 0));
        found.map_err(|fault| format!("{fault}\n{}", shown()))?;
        assert!(start.elapsed() < LONGEST, "{:?} for {}", start.elapsed(), shown());
    }
    println!("{without_faults} of {files} changed files have no faults");
    assert!(
        without_faults * 10 > files / 2 && without_faults * 2 < files,
        "{without_faults} of {files} have no faults"
    );
    Ok(())
}

/// Reports the faults of a spec, and returns their number. A fault without a place is an error.
fn places(path: &Path, text: &str) -> Result<usize, String> {
    let folder = path.parent().unwrap_or(path);
    let load = |base: &str| fs::read_to_string(folder.join(base));
    let Err(faults) = Spec::parse_with("changed.toml", text, load) else { return Ok(0) };
    assert!(faults.reports().count() > 0);
    for fault in &faults {
        let span = fault.span();
        // A table that the whole spec lacks has no place other than the begin of the file.
        let is_lacking = span == (0..0) && fault.message().contains("missing");
        if (span.is_empty() && !is_lacking) || text.get(span.clone()).is_none() {
            return Err(format!("the fault `{}` is at {span:?}", fault.message()));
        }
    }
    Ok(faults.iter().count())
}
