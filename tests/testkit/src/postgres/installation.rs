//! Finds the binaries of PostgreSQL, and the user that may run them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Folders that packages install into. `*` stands for any text.
const FOLDERS: [&str; 4] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
];

/// The installed binaries.
#[derive(Debug, Clone)]
pub struct Installation {
    /// Folder of `initdb` and `postgres`.
    pub(super) binaries: PathBuf,
    pub(super) user: User,
}

/// The user that runs the server.
#[derive(Debug, Clone, Copy)]
pub(super) enum User {
    /// The user that runs the tests.
    Caller,
    /// The user `postgres`, since `initdb` refuses root. The program changes the user.
    Postgres(Changes),
}

/// A program that changes the user.
#[derive(Debug, Clone, Copy)]
pub(super) enum Changes {
    Setpriv,
    Su,
}

impl Installation {
    /// Returns the binaries on `PATH`, or else the newest that a package has installed.
    pub(super) fn find() -> Result<Self, String> {
        let newest = FOLDERS.iter().flat_map(|folder| newest_first(folder));
        let binaries = path().chain(newest).find(|folder| has(folder, "initdb") && has(folder, "postgres"));
        let binaries = binaries.ok_or_else(|| {
            let folders = FOLDERS.join(", ");
            format!(
                "PostgreSQL is not installed: neither PATH nor {folders} has initdb and postgres; install the package postgresql \
                 with apt-get or brew"
            )
        })?;
        Ok(Self { binaries, user: User::find()? })
    }
}

impl User {
    pub(super) fn find() -> Result<Self, String> {
        if id(&["-u"]).as_deref() != Some("0") {
            return Ok(Self::Caller);
        }
        id(&["-u", "postgres"])
            .ok_or("PostgreSQL does not run as root, and the user postgres, which would run it, does not exist: create that user")?;
        let setpriv = path().any(|folder| has(&folder, "setpriv"));
        Ok(Self::Postgres(if setpriv { Changes::Setpriv } else { Changes::Su }))
    }

    /// Returns a shell of the user that runs `script`. The script's arguments follow.
    pub(super) fn shell(self, script: &str) -> Command {
        let words: &[&str] = match self {
            Self::Caller => &["sh", "-c", script, "sh"],
            Self::Postgres(Changes::Setpriv) => {
                &["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "sh", "-c", script, "sh"]
            }
            Self::Postgres(Changes::Su) => &["su", "-s", "/bin/sh", "-c", script, "--", "postgres", "sh"],
        };
        let mut command = Command::new(words[0]);
        command.args(&words[1..]);
        command
    }
}

/// Returns the program's path, on `PATH` or else in the first of `folders` that has it.
pub(super) fn program(name: &str, folders: &[&str]) -> Option<PathBuf> {
    let folders = path().chain(folders.iter().map(PathBuf::from));
    folders.map(|folder| folder.join(name)).find(|path| path.is_file())
}

fn path() -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).collect::<Vec<_>>().into_iter()
}

fn has(folder: &Path, program: &str) -> bool {
    folder.join(program).is_file()
}

/// Returns the folders that fit the pattern, that of the highest version first.
fn newest_first(pattern: &str) -> Vec<PathBuf> {
    let Some((start, rest)) = pattern.split_once('*') else { return Vec::new() };
    let (parent, prefix) = start.rsplit_once('/').unwrap_or(("", start));
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    let fits = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let version = name.strip_prefix(prefix)?.trim_start_matches('@').parse().unwrap_or(0);
        Some((version, entry.path().join(rest.trim_start_matches('/'))))
    });
    let mut fits: Vec<(u32, PathBuf)> = fits.collect();
    fits.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    fits.into_iter().map(|(_, folder)| folder).collect()
}

/// Returns what the command `id` prints. It prints nothing for a user that does not exist.
fn id(arguments: &[&str]) -> Option<String> {
    let output = Command::new("id").args(arguments).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::newest_first;
    use crate::Outcome;

    #[test]
    fn the_newest_version_is_found_first() -> Outcome {
        let folder = tempfile::tempdir()?;
        for name in ["postgresql@9", "postgresql@17", "postgresql", "postgresql@16", "mysql@99"] {
            std::fs::create_dir(folder.path().join(name))?;
        }
        let found = newest_first(&format!("{}/postgresql*/bin", folder.path().display()));
        let expected = ["postgresql@17", "postgresql@16", "postgresql@9", "postgresql"];
        assert_eq!(found, expected.map(|name| folder.path().join(name).join("bin")));
        Ok(())
    }
}
