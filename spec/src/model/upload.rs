//! Uploads of local files.

use std::time::Duration;

use super::At;

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
