//! Files that cannot be read, and output that cannot be written.

#[cfg(target_os = "linux")]
use std::fs;
use std::process::Command;

use cover_spec::SHIPPED;

use super::{Folder, Outcome};

#[test]
fn check_reports_a_file_that_cannot_be_read_and_the_faults_of_the_others() -> Outcome {
    let folder = Folder::new("unreadable")?;
    folder.write("bad.toml", &SHIPPED.replacen("min = 0\n", "mim = 0\n", 1))?;
    for format in ["text", "json"] {
        let output = folder.run(&["check", "none.toml", "bad.toml", "nor.toml", "--format", format])?;
        let (said, failed) = (String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?);
        assert_eq!(output.status.code(), Some(2));
        assert!(said.contains("unknown key `mim`"), "{said}");
        let lines: Vec<&str> = failed.lines().collect();
        let [first, second] = lines[..] else { return Err(failed.into()) };
        assert!(first.starts_with("error: none.toml: ") && second.starts_with("error: nor.toml: "), "{failed}");
    }
    Ok(())
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_a_failure() -> Outcome {
    let folder = Folder::new("full")?;
    folder.write("spec.toml", SHIPPED)?;
    folder.write("bad.toml", &SHIPPED.replacen("min = 0\n", "mim = 0\n", 1))?;
    folder.write("answer.json", "{}")?;
    for arguments in [
        &["export", "spec.toml", "--to", "openapi"][..],
        &["check", "spec.toml"],
        &["check", "bad.toml", "--format", "json"],
        &["new", "-"],
        &["diff", "spec.toml", "spec.toml"],
        &["try", "spec.toml", "answer.json"],
    ] {
        let full = fs::File::options().write(true).open("/dev/full")?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_cover-spec"));
        let output = command.args(arguments).current_dir(&folder.0).stdout(full).output()?;
        let failed = String::from_utf8(output.stderr)?;
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(failed.starts_with("error: <stdout>: "), "{failed}");
    }
    Ok(())
}

#[test]
fn a_closed_pipe_is_not_a_failure() -> Outcome {
    let folder = Folder::new("closed")?;
    folder.write("spec.toml", SHIPPED)?;
    let (reader, writer) = std::io::pipe()?;
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_cover-spec"));
    let output = command.args(["check", "spec.toml"]).current_dir(&folder.0).stdout(writer).output()?;
    assert_eq!((output.status.code(), output.stderr), (Some(0), vec![]));
    Ok(())
}
