//! What a field refers to: an id from an earlier request, or an address that is fetched or served.

use super::At;

/// `source`: the field has an id that an earlier request of the account brought.
#[derive(Debug, Clone)]
pub struct IdSource {
    /// Where the spec has the source.
    pub at: At<()>,
    /// Path of the poll of the tasks that the field may name. `None`: any task, or the one in `task`.
    pub polled_at: Option<At<String>>,
    /// Name of the member of the task's results that has the id. `None`: the field has the id of the task.
    pub member: Option<At<String>>,
    /// Field with the id of the task whose results have the member. `None`: any task.
    pub task: Option<At<String>>,
    /// Code that refuses an unknown id. `None`: the request is accepted, and its task fails.
    pub unknown: Option<At<u32>>,
}

/// `fetched`: the service fetches the address after it has accepted the request.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Code of the task that failed because the address could not be fetched.
    pub failure: At<u32>,
}

impl IdSource {
    /// Describes the source in Markdown, such as "id of an earlier task; an unknown one is refused with code 422".
    #[must_use]
    pub fn words(&self) -> String {
        let what = self.member.as_ref().map_or("id".to_owned(), |member| format!("`{}` in the results", **member));
        let task = match (&self.task, &self.polled_at) {
            (Some(field), _) => format!("the task in `{}`", **field),
            (None, Some(path)) => format!("an earlier task that is polled at `{}`", **path),
            (None, None) => "an earlier task".to_owned(),
        };
        let end = match &self.unknown {
            Some(code) => format!("is refused with code {}", code.value),
            None => "is accepted, and the task fails".to_owned(),
        };
        format!("{what} of {task}; an unknown one {end}")
    }
}

impl Fetched {
    /// Describes in Markdown when the address is fetched.
    #[must_use]
    pub fn words(&self) -> String {
        let code = self.failure.value;
        format!("fetched after the request was accepted; if that fails, the task fails with code {code}")
    }
}
