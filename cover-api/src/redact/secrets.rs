//! The secrets that this process must not repeat. Only hashes of them are kept.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::ops::RangeInclusive;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use url::Url;

use super::decode::forms_of_secret;

/// A text repeats a secret if it has this number of characters of it in a row.
const WINDOW: usize = 8;
/// Number of keys that are remembered. Further keys replace the oldest.
const MAX_KEYS: usize = 1_024;
/// Number of addresses that are remembered. Further addresses replace the oldest.
const MAX_ADDRESSES: usize = 1_024;
/// Number of windows that are remembered of one secret.
const MAX_WINDOWS: usize = 8_192;
/// Number of hexadecimal digits of each of the two numbers that end an address for callbacks.
const DIGITS: usize = 32;

/// Number of characters of a random part of a path, at least.
const MIN_RANDOM: usize = 16;
/// Number of places at which digits and letters meet in it, at least. A name with a date has one or two.
const MIN_CHANGES: usize = 3;
/// Numbers of digits of an account. Shorter numbers are in many texts, and longer ones are times.
const ACCOUNT_DIGITS: RangeInclusive<usize> = 5..=9;

/// A kind of secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secret {
    /// An API key.
    Key,
    /// User, query or fragment of an address.
    Address,
    /// The secret that authenticates callbacks.
    #[cfg_attr(not(feature = "callback"), expect(dead_code, reason = "only callbacks have such a secret"))]
    Callback,
}

static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);
static SECRETS: Mutex<Option<Secrets>> = Mutex::new(None);

#[derive(Default)]
struct Secrets {
    /// Windows of secrets by their hash, and how often each was remembered.
    windows: HashMap<u64, (Secret, usize)>,
    /// Number of short secrets by length.
    short: [usize; WINDOW],
    keys: VecDeque<Remembered>,
    addresses: VecDeque<Remembered>,
}

/// The hashes of one secret, or of the secrets of one address.
#[derive(PartialEq, Eq)]
struct Remembered {
    windows: Vec<u64>,
    /// The length of the secret, if it is too short for a window.
    short: Option<usize>,
}

fn lock() -> MutexGuard<'static, Option<Secrets>> {
    SECRETS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Remembers a secret for the life of the process.
pub(crate) fn remember_secret(kind: Secret, secret: &str) {
    remember(kind, Remembered::of(&[secret], true));
}

/// Remembers user, query and fragment of an address that a request contains. A text that is not an address is ignored.
pub(crate) fn remember_address(address: &str) {
    remember(Secret::Address, Remembered::of_address(address));
}

/// Remembers the address of an uploaded file that was sent with this name. Its path may contain the number of the account, and parts
/// that nobody can guess.
pub(crate) fn remember_link(address: &str, name: &str) {
    remember_address(address);
    let Ok(url) = Url::parse(address) else { return };
    for part in secret_parts(&url, name) {
        remember_secret(Secret::Address, part);
    }
}

/// Returns the parts of a path that are secrets.
fn secret_parts<'a>(url: &'a Url, name: &str) -> Vec<&'a str> {
    let mut folders: Vec<&str> = url.path_segments().into_iter().flatten().collect();
    let file = folders.pop().unwrap_or_default();
    // The caller's own name of the file is in the errors of uploads.
    let stem = |name: &'a str| name.split_once('.').map_or(name, |(stem, _)| stem);
    let own = name.split_once('.').map_or(name, |(stem, _)| stem);
    let file = Some(stem(file)).filter(|file| is_random(file) && (own.is_empty() || !file.contains(own)));
    folders.retain(|folder| is_random(folder) || is_account(folder));
    folders.into_iter().chain(file).collect()
}

/// Returns whether a part of a path looks like random digits and letters.
fn is_random(part: &str) -> bool {
    let characters: Vec<char> = part.chars().filter(|character| *character != '-').collect();
    let changes = characters.windows(2).filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit()).count();
    characters.len() >= MIN_RANDOM && characters.iter().all(char::is_ascii_alphanumeric) && changes >= MIN_CHANGES
}

/// Returns whether a folder is a number that may be that of an account, and neither a date nor a time.
fn is_account(folder: &str) -> bool {
    let is_number = folder.bytes().all(|byte| byte.is_ascii_digit());
    let month = folder.get(4..6).and_then(|month| month.parse().ok());
    let is_date = folder.starts_with("20") && month.is_some_and(|month| matches!(month, 1..=12));
    is_number && ACCOUNT_DIGITS.contains(&folder.len()) && !is_date
}

/// Remembers the tag at the end of an attempt's callback address.
pub(crate) fn remember_callback(address: &str) {
    let tag = address.rsplit('/').next().unwrap_or_default();
    remember(Secret::Address, Remembered::of(&[tag], false));
}

fn remember(secret: Secret, remembered: Remembered) {
    if !remembered.windows.is_empty() {
        lock().get_or_insert_default().add(secret, remembered);
    }
}

/// Returns the secret that a decoded text repeats, if any.
pub(super) fn repeated_in(text: &str) -> Option<Secret> {
    let folded = fold(text);
    if has_callback_address(&folded) {
        return Some(Secret::Address);
    }
    let guard = lock();
    let secrets = guard.as_ref()?;
    let whole = folded.windows(WINDOW).find_map(|window| secrets.find(window));
    whole.or_else(|| secrets.find_short(text))
}

impl Remembered {
    /// `is_whole`: whether a secret that is too short for a window is compared as a whole. Otherwise it is ignored.
    fn of(secrets: &[&str], is_whole: bool) -> Self {
        let (mut windows, mut known, mut short) = (Vec::new(), HashSet::new(), None);
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            forms_of_secret(beginning(secret, MAX_WINDOWS), |form| {
                let folded = fold(form);
                if folded.len() >= WINDOW {
                    // The forms of a secret share most of their windows.
                    windows.extend(folded.windows(WINDOW).map(hash).filter(|hash| known.insert(*hash)));
                } else if is_whole && short.is_none() {
                    let word: Vec<char> = form.to_lowercase().chars().take(WINDOW - 1).collect();
                    short = Some(word.len());
                    windows.push(hash(&word));
                }
            });
            if windows.len() >= MAX_WINDOWS {
                break;
            }
        }
        windows.truncate(MAX_WINDOWS);
        Self { windows, short }
    }

    /// Ignores parts that its host or path contains as well, such as the region of a bucket.
    fn of_address(address: &str) -> Self {
        let Ok(url) = Url::parse(address) else { return Self::of(&[], false) };
        let query = address.split_once(['?', '#']).map_or("", |(_, query)| beginning(query, 2 * MAX_WINDOWS));
        let values =
            query.split(['&', ';', '?', '#']).map(|pair| pair.split_once('=').map_or(pair, |(_, value)| value));
        let user = [url.username(), url.password().unwrap_or_default()];
        let mut secrets = Self::of(&user.into_iter().chain(values).collect::<Vec<_>>(), false);
        let public: HashSet<u64> =
            Self::of(&[url.host_str().unwrap_or_default(), url.path()], false).windows.into_iter().collect();
        secrets.windows.retain(|window| !public.contains(window));
        secrets
    }
}

impl Secrets {
    fn add(&mut self, secret: Secret, remembered: Remembered) {
        let (list, most) =
            if secret == Secret::Address { (&mut self.addresses, MAX_ADDRESSES) } else { (&mut self.keys, MAX_KEYS) };
        if let Some(at) = list.iter().position(|other| *other == remembered) {
            // It becomes the most recent one.
            let again = list.remove(at).expect("the position was just found");
            list.push_back(again);
            return;
        }
        for hash in &remembered.windows {
            self.windows.entry(*hash).or_insert((secret, 0)).1 += 1;
        }
        if let Some(length) = remembered.short {
            self.short[length] += 1;
        }
        list.push_back(remembered);
        let oldest = if list.len() > most { list.pop_front() } else { None };
        if let Some(oldest) = oldest {
            self.forget(&oldest);
        }
    }

    fn forget(&mut self, remembered: &Remembered) {
        for hash in &remembered.windows {
            if let Some((_, count)) = self.windows.get_mut(hash) {
                *count -= 1;
                if *count == 0 {
                    self.windows.remove(hash);
                }
            }
        }
        if let Some(length) = remembered.short {
            self.short[length] -= 1;
        }
    }

    fn find(&self, window: &[char]) -> Option<Secret> {
        self.windows.get(&hash(window)).map(|(secret, _)| *secret)
    }

    /// A short secret counts only as a whole word, since a key such as `key` is a part of many words.
    fn find_short(&self, text: &str) -> Option<Secret> {
        let lengths = (1..WINDOW).filter(|length| self.short[*length] > 0);
        let characters: Vec<char> = text.to_lowercase().chars().collect();
        let is_part = |at: Option<usize>| {
            at.and_then(|at| characters.get(at)).is_some_and(|character| character.is_alphanumeric())
        };
        lengths.into_iter().find_map(|length| {
            let words = characters.windows(length).enumerate();
            words
                .filter(|(at, _)| !is_part(at.checked_sub(1)) && !is_part(Some(at + length)))
                .find_map(|(_, word)| self.find(word))
        })
    }
}

/// Returns the first `count` characters of a text.
fn beginning(text: &str, count: usize) -> &str {
    text.char_indices().nth(count).map_or(text, |(end, _)| &text[..end])
}

fn hash(characters: &[char]) -> u64 {
    HASHER.hash_one(characters)
}

/// Returns the characters that count in a comparison. Case is ignored, and so are characters that line breaks and form encoding
/// insert or remove.
fn fold(text: &str) -> Vec<char> {
    let counts = |character: &char| {
        !(character.is_whitespace() || character.is_control() || *character == '+' || super::is_invisible(*character))
    };
    text.chars().filter(counts).flat_map(char::to_lowercase).collect()
}

/// Returns whether a text contains the end of a callback address of any process: an attempt, which begins with the seconds
/// since 1970 in 40 bits, and a tag.
fn has_callback_address(folded: &[char]) -> bool {
    let is_number = |digits: &[char]| digits.iter().all(char::is_ascii_hexdigit);
    folded.windows(2 * DIGITS + 1).any(|window| {
        let (attempt, tag) = (&window[..DIGITS], &window[DIGITS + 1..]);
        window[DIGITS] == '/' && attempt.starts_with(&['0', '0']) && is_number(attempt) && is_number(tag)
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    #[test]
    fn the_secrets_in_the_path_of_an_uploaded_file_are_its_random_parts_and_the_number_of_the_account() {
        let parts = |address: &str, name: &str| secret_parts(&Url::parse(address).unwrap(), name).join(" ");
        for nothing in [
            "https://tmp.example.com/2025/11/30/song.mp3",
            "https://tmp.example.com/202511/20251130/2025-11-30/1764489600/song.mp3",
            "https://tmp.example.com/v1/mp3/user-uploads/my-long-recording-of-2025-11-30.mp3",
        ] {
            assert_eq!(parts(nothing, "song.mp3"), "", "{nothing}");
        }
        let random = "9f86d081-884c-7d65-9a2f-eaa0c55ad015";
        assert_eq!(parts("https://a.example/kept/7654321/covers/song.mp3", "song.mp3"), "7654321");
        assert_eq!(parts(&format!("https://a.example/{random}/song.mp3"), "song.mp3"), random);
        assert_eq!(parts(&format!("https://a.example/a/{random}.mp3"), "song.mp3"), random);
        assert_eq!(parts(&format!("https://a.example/a/{random}.mp3"), &format!("{random}.mp3")), "");
    }

    /// Secrets of one test, which other tests do not see.
    #[derive(Default)]
    pub(crate) struct Own(Secrets);

    impl Own {
        pub(crate) fn remember_key(&mut self, key: &str) {
            self.0.add(Secret::Key, Remembered::of(&[key], true));
        }

        pub(crate) fn remember_address(&mut self, address: &str) {
            self.0.add(Secret::Address, Remembered::of_address(address));
        }

        pub(crate) fn find(&self, text: &str) -> Option<Secret> {
            fold(text).windows(WINDOW).find_map(|window| self.0.find(window))
        }

        pub(crate) fn windows(&self) -> usize {
            self.0.windows.len()
        }
    }
}
