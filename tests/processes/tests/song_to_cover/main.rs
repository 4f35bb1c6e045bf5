//! The example `song_to_cover` turns a song on disk into covers on disk, and does not pay twice.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use cover_api::sandbox::Sandbox;
use cover_testkit::Result;
use cover_testkit::recordings::{mp3, wav};

/// Runs the example with these variables only.
fn run(song: &Path, variables: &[(&str, &str)]) -> Result<Output> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_song_to_cover"));
    command.arg(song).env_remove("COVER_API_KEY").env_remove("COVER_API_URL").envs(variables.iter().copied());
    Ok(command.output()?)
}

/// Returns the files of a folder that are covers, sorted by name.
fn covers(folder: &Path) -> Result<Vec<PathBuf>> {
    let files = std::fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
    let is_cover = |path: &PathBuf| path.to_string_lossy().contains(".cover-");
    let mut covers: Vec<PathBuf> = files.iter().map(std::fs::DirEntry::path).filter(is_cover).collect();
    covers.sort();
    Ok(covers)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_on_disk_becomes_covers_on_disk_and_a_second_run_uploads_and_pays_nothing() -> Result<()> {
    for (name, song) in [("song.wav", wav(3)), ("song.mp3", mp3(120))] {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join(name);
        std::fs::write(&path, &song)?;
        let sandbox = Sandbox::builder().stage_each_poll().without_rate_limit().start().await?;
        let variables = [("COVER_API_KEY", sandbox.key()), ("COVER_API_URL", sandbox.url())];
        for round in 1..=2 {
            let output = run(&path, &variables)?;
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let covers = covers(folder.path())?;
            assert_eq!(covers.len(), 2, "{covers:?}");
            for cover in covers {
                assert!(std::fs::read(&cover)?.starts_with(b"RIFF"), "{}", cover.display());
                std::fs::remove_file(cover)?;
            }
            assert_eq!((sandbox.uploads(), sandbox.submits(), sandbox.tasks()), (1, 1, 1), "{name}, round {round}");
        }
        let uploaded = &sandbox.uploaded()[0];
        assert_eq!((uploaded.name.as_str(), &uploaded.bytes[..]), (name, &song[..]));
        assert_eq!(sandbox.created()[0].request["uploadUrl"], *uploaded.link);
    }
    Ok(())
}

#[test]
fn without_a_key_it_uses_a_sandbox() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("song.wav");
    std::fs::write(&path, wav(1))?;
    let output = run(&path, &[])?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("no COVER_API_KEY, using a sandbox"));
    assert_eq!(covers(folder.path())?.len(), 2);
    Ok(())
}

#[test]
fn its_main_function_has_at_most_25_lines() {
    let source = include_str!("../../../../cover-api/examples/song_to_cover.rs");
    let main = source.split("async fn main()").nth(1).and_then(|rest| rest.split("\n}\n").next()).unwrap_or_default();
    assert!((10..=25).contains(&main.lines().skip(1).count()), "{main}");
}
