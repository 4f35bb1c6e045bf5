//! Texts that live as long as the process, for values of choices that the spec does not list.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use cover_spec::rules::MOST_KEPT_UNLISTED;

/// The texts. They are never freed, since values of choices are `Copy`.
static KEPT: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);

/// Returns a copy of a text that lives as long as the process. `None` if there are too many.
#[must_use]
pub(super) fn kept(text: &str) -> Option<&'static str> {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.get(text) {
        return Some(known);
    }
    if kept.len() >= MOST_KEPT_UNLISTED {
        return None;
    }
    let text: &'static str = Box::leak(text.into());
    kept.insert(text);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_keeps_a_bounded_number_of_texts() {
        let first = kept("model 0").unwrap();
        assert!(std::ptr::eq(first, kept("model 0").unwrap()), "an equal text is kept once");
        for number in 0..2 * MOST_KEPT_UNLISTED {
            let _ = kept(&format!("model {number}"));
        }
        assert_eq!(KEPT.lock().unwrap().len(), MOST_KEPT_UNLISTED);
        assert_eq!(kept("one more"), None);
        assert!(kept("model 7").is_some());
    }
}
