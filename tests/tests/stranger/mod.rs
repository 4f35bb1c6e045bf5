//! A crate of a user: outside of this workspace, and built by cargo.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const MANIFEST: &str = r#"
[package]
name = "stranger"
edition = "2024"

[dependencies]
cover-api = { path = "COVER_API", default-features = false, features = ["sandbox", "typed"] }
# Users may enable it, and then numbers are deserialised in another way.
serde_json = { version = "1", features = ["arbitrary_precision"] }
tokio = { version = "1", features = ["macros", "rt"] }

[workspace]
"#;

pub struct Crate {
    /// The folder of the crate.
    pub root: PathBuf,
}

impl Crate {
    /// Creates an empty crate in a folder of this name.
    pub fn new(folder: &str) -> Result<Self, Box<dyn Error>> {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
        let mut folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
        let workspace = folders.find(|folder| folder.join("Cargo.lock").exists()).ok_or("no workspace")?;
        let api = workspace.join("cover-api");
        let new = Self { root };
        new.write("Cargo.toml", &MANIFEST.replace("COVER_API", api.to_str().ok_or("odd path")?))?;
        // The versions of this workspace are downloaded already.
        fs::copy(workspace.join("Cargo.lock"), new.root.join("Cargo.lock"))?;
        Ok(new)
    }

    /// Writes a file of the crate.
    pub fn write(&self, path: &str, text: &str) -> std::io::Result<()> {
        let path = self.root.join(path);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, text)
    }

    /// Runs cargo in the crate.
    pub fn cargo(&self, arguments: &[&str]) -> std::io::Result<Output> {
        let mut cargo = Command::new(env!("CARGO"));
        // All these crates share their dependencies, which are built once.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("strangers");
        cargo.current_dir(&self.root).args(arguments).arg("--quiet").env("CARGO_TARGET_DIR", target);
        // The settings of this test run are not those of a user.
        cargo.env_remove("RUSTFLAGS").env("CARGO_TERM_COLOR", "never").output()
    }
}
