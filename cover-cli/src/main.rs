//! The `cover` command: from a song to its cover, in a terminal.
//!
//! It is made of a spec at run time. The shipped specs give the commands and flags, and `--spec` uses another one.

mod batch;
mod commands;
mod exit;
mod files;
mod operation;
mod purchase;
mod runs;
mod screen;
mod settings;

use std::process::ExitCode;

fn main() -> ExitCode {
    // It fails only if there is a provider already.
    #[cfg(feature = "rustls")]
    rustls::crypto::ring::default_provider().install_default().ok();
    commands::main()
}
