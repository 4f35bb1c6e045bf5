//! The secrets that this process must not repeat. Only hashes of them are kept.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
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

/// Remembers the address of an uploaded file. A number in its path may be that of the account.
pub(crate) fn remember_link(address: &str) {
    remember_address(address);
    let Ok(url) = Url::parse(address) else { return };
    let mut folders: Vec<&str> = url.path_segments().into_iter().flatten().collect();
    folders.pop();
    let has_number = |folder: &&str| folder.len() >= 4 && folder.bytes().any(|byte| byte.is_ascii_digit());
    for folder in folders.into_iter().filter(has_number) {
        remember_secret(Secret::Address, folder);
    }
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
