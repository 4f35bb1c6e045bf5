//! Reads answers of a service: those to the POST, to polls and to cancels, and callbacks.
//!
//! The functions work on the bytes of an answer and the table of the service. They do no I/O, and know no generated types.
//! The runtime reads every answer with them, and so does the command `cover-spec try`.
//!
//! Reading is lenient. A value of the wrong type counts as missing, and a body that is almost JSON is repaired if its meaning is
//! clear.

mod address;
mod callback;
mod cancel;
mod envelope;
mod held;
mod id;
mod lenient;
mod path;
mod pick;
mod poll;
mod read;
mod reply;
mod results;
#[cfg(all(test, feature = "language"))]
mod tests;
mod value;

pub use address::address;
pub use callback::{Callback, MAX_CALLBACK, Unusable, callback, stage};
pub use cancel::{CancelReply, cancel};
pub use envelope::{Envelope, MAX_ANSWER, Unreadable, body, code, is_success, max_answer, object};
pub use id::check as check_id;
pub use path::{at, put};
pub use poll::{Polled, Progress, TaskState, failure, poll, progress, refunded};
pub use read::read;
pub use reply::{Doubt, Reply, reply};
pub use results::{FoundResults, Lacking, fits, results};
pub use value::{Object, Time, as_integer, as_number, as_time, find, is_nothing};

#[cfg(feature = "export")]
pub(crate) use {
    envelope::{as_code, as_id, as_text},
    results::{type_of, words},
};
