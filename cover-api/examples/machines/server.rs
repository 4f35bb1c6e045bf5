//! A PostgreSQL server of this program's own, from the installed binaries.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Starts a server in a temporary folder, and prints the folder. The argument is the folder of the binaries. The server ends, and the
/// folder is removed, when standard input ends. It does so when the program is killed, too.
const SCRIPT: &str = r#"
trap '' PIPE INT
folder=$(mktemp -d /tmp/covers.XXXXXX) || exit 1
stop() {
    "$1/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1
    rm -rf "$folder"
}
if "$1/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --no-sync >"$folder/log" 2>&1 &&
    "$1/pg_ctl" -D "$folder/data" -l "$folder/log" -o "-k $folder -c listen_addresses=''" -w start >/dev/null 2>&1
then
    echo "$folder"
    read -r _
else
    tail -n 5 "$folder/log" >&2
fi
stop "$1"
"#;

/// A running server. It ends when dropped.
pub struct Server {
    shell: Child,
    folder: String,
}

impl Server {
    /// Starts a server that listens on a socket in its folder.
    pub fn start() -> Result<Self, Box<dyn Error>> {
        let binaries = binaries().ok_or(
            "PostgreSQL is not installed: neither PATH nor /usr/lib/postgresql/*/bin has initdb and pg_ctl; install it by \
             `apt-get install postgresql` or `brew install postgresql`",
        )?;
        // PostgreSQL refuses to run as root.
        let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
        let words: &[&str] = if is_root {
            &["su", "-s", "/bin/sh", "-c", SCRIPT, "--", "postgres", "sh"]
        } else {
            &["sh", "-c", SCRIPT, "sh"]
        };
        let mut shell = Command::new(words[0])
            .args(&words[1..])
            .arg(binaries)
            // Variables such as PGPORT would change the server.
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LC_ALL", "C")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut folder = String::new();
        if let Some(output) = shell.stdout.take() {
            BufReader::new(output).read_line(&mut folder)?;
        }
        let folder = folder.trim().to_owned();
        if folder.is_empty() {
            return Err("PostgreSQL does not start; the reason is above".into());
        }
        Ok(Self { shell, folder })
    }

    /// Returns the address of its database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@{}/postgres", self.folder.replace('/', "%2F"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The shell reads the end of its input, and ends the server.
        drop(self.shell.stdin.take());
        self.shell.wait().ok();
    }
}

/// Returns the folder with the binaries: one on `PATH`, or that of the newest package of Debian or Ubuntu.
fn binaries() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut packages: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .collect();
    packages.sort();
    let has = |folder: &Path, name: &str| folder.join(name).is_file();
    std::env::split_paths(&path)
        .chain(packages.into_iter().rev())
        .find(|folder| has(folder, "initdb") && has(folder, "pg_ctl"))
}
