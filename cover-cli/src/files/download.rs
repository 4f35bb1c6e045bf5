//! The place of a file, and its download.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use cover_api::runtime::{AnyService, Client};

use super::Output;
use super::name::{numbered, safe, with_ending};
use crate::exit::{Exit, Failure};

/// How many names with a number are tried before a download is refused.
const MAX_NUMBERED: usize = 1000;

/// Returns the path for a file with this name in a folder, with a number behind the name if that is taken. `reserve` takes a path
/// unless another file of a purchase has it. With `force`, files that exist are replaced.
pub(crate) fn free(
    folder: &Path,
    name: &str,
    force: bool,
    reserve: impl Fn(&Path) -> Result<bool, Failure>,
) -> Result<PathBuf, Failure> {
    let first = folder.join(safe(name));
    for number in 1..MAX_NUMBERED {
        let path = if number == 1 { first.clone() } else { numbered(&first, number) };
        if (force || is_free(&path)) && reserve(&path)? {
            return Ok(path);
        }
    }
    Err(Failure::usage(format!("{}: this name and those with numbers are taken", first.display()))
        .hint("choose another folder with `--output`, or other names with `--name`"))
}

/// Creates a folder if it is missing, and checks that files can be written there. Whoever pays for files wants to know it before.
pub(crate) fn check_folder(folder: &Path) -> Result<(), Failure> {
    let name = folder.join(format!(".cover-{:016x}.part", fastrand::u64(..)));
    let checked = fs::create_dir_all(folder)
        .and_then(|()| fs::File::create_new(&name).map(drop))
        .and_then(|()| fs::remove_file(&name));
    checked.map_err(|error| Failure::usage(format!("--output {}: {error}", folder.display())))
}

/// Whether there is neither a file with this path nor the beginning of one.
fn is_free(path: &Path) -> bool {
    let is_absent =
        |path: &Path| fs::symlink_metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    is_absent(path) && is_absent(&with_ending(path, ".part"))
}

/// Downloads an output into a file. An empty file is not kept, since the service may have the whole one later.
pub(crate) async fn save(
    client: &Client<AnyService>,
    output: &Output,
    path: &Path,
    force: bool,
    progress: impl FnMut(u64, Option<u64>) + Send,
) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        let failed = |error| Failure::new(Exit::Unfinished, format!("{}: {error}", folder.display()));
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let download = client.download_file(&output.link, path).progress(progress);
    let download = if force { download.overwrite() } else { download };
    match download.await {
        Ok(0) => {
            fs::remove_file(path).ok();
            let message = format!("{}: the service sent an empty file", path.display());
            Err(Failure::new(Exit::Unfinished, message))
        }
        Ok(_) => Ok(()),
        Err(error) if error.is_path_taken() => {
            let message = format!("{}: another download has this name, or has just taken it", path.display());
            Err(Failure::new(Exit::Unfinished, message))
        }
        Err(error) => Err(Failure { exit: Exit::Unfinished, ..error.into() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let folder = std::env::temp_dir().join(format!("cover-{:016x}", fastrand::u64(..)));
        fs::create_dir(&folder).unwrap();
        let name = |force, taken: &[&str]| {
            let reserve = |path: &Path| Ok(!taken.iter().any(|taken| path.ends_with(taken)));
            let path = free(&folder, "Night.mp3", force, reserve).unwrap();
            path.file_name().unwrap().to_string_lossy().into_owned()
        };
        assert_eq!(name(false, &[]), "Night.mp3");
        fs::write(folder.join("Night.mp3"), "").unwrap();
        fs::write(folder.join("Night (2).mp3.part"), "").unwrap();
        assert_eq!(name(false, &[]), "Night (3).mp3");
        assert_eq!(name(false, &["Night (3).mp3"]), "Night (4).mp3");
        assert_eq!(name(true, &[]), "Night.mp3");
        assert_eq!(name(true, &["Night.mp3"]), "Night (2).mp3");
        fs::remove_dir_all(&folder).unwrap();
    }
}
