//! One account from end to end: a song is uploaded and covered, the cover becomes a WAV file, and its lyrics get times. All of
//! it shares one rate limit, one ledger and one router for callbacks, and a second run pays nothing.

mod dynamic;
mod service;
mod typed;

/// Address of callbacks, as the requests have it.
const ADDRESS: &str = "https://api.example.com/callbacks";

const SECRET: &str = "0123456789abcdef0123456789abcdef";
