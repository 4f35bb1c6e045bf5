//! Uploads of local files.

use std::time::Duration;

use super::At;
use crate::source::duration_in_words;

/// `[upload]`: the POST that turns a local file into an address.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Whole address of the POST.
    pub url: At<String>,
    /// Name of the part with the file.
    pub file: At<String>,
    /// Names and contents of the other parts. A content may have `{name}`, which stands for the name of the file.
    pub fields: Vec<(At<String>, At<String>)>,
    /// Where the answer has the address of the file.
    pub link: At<String>,
    /// Time after which the service deletes the file.
    pub expires: Option<At<Duration>>,
    /// Largest size of the file, in bytes.
    pub max_bytes: Option<At<u32>>,
    /// Field of the request that takes the address.
    pub field: Option<At<String>>,
    /// Extensions that the name of the file may have. `None`: any.
    pub types: Option<Vec<At<String>>>,
}

impl Upload {
    /// Describes what holds for the file, such as "at most 20 MB" and "deleted after 3 days".
    #[must_use]
    pub fn limits_in_words(&self) -> Vec<String> {
        let size = self.max_bytes.as_ref().map(|most| format!("at most {}", bytes_in_words(most.value)));
        let types = self.types.as_ref().map(|types| {
            let types: Vec<String> = types.iter().map(|extension| format!("`{}`", **extension)).collect();
            format!("extensions: {}", types.join(", "))
        });
        let expires =
            self.expires.as_ref().map(|expires| format!("deleted after {}", duration_in_words(&expires.value)));
        [size, types, expires].into_iter().flatten().collect()
    }
}

/// Returns a size in the greatest unit in which it is a whole number.
fn bytes_in_words(bytes: u32) -> String {
    let units = [(1_000_000, "MB"), (1_000, "kB")];
    match units.iter().find(|(unit, _)| bytes > 0 && bytes.is_multiple_of(*unit)) {
        Some((unit, name)) => format!("{} {name}", bytes / unit),
        None => format!("{bytes} bytes"),
    }
}
