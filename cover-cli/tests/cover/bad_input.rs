//! Bad input: a clear line each, the right exit code, no panic, and nothing charged twice.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{Asks, Home, NIGHT_DRIVE, Running, Service, Session};

/// Checks that a song is refused before anything is sent.
fn refused(home: &Home, service: &Service, song: &str, words: &[&str]) {
    let said = home.cover([&[song][..], &NIGHT_DRIVE].concat()).expect(2);
    assert!(said.err.lines().count() <= 3, "{said:#?}");
    said.saying(words).saying(&[song]);
    service.expect_nothing_sent();
}

#[test]
fn a_missing_file() {
    let service = Service::start();
    refused(&Home::at(&service), &service, "absent.mp3", &["there is no such file"]);
}

#[test]
fn a_folder() {
    let service = Service::start();
    let home = Home::at(&service);
    fs::create_dir(home.work().join("album")).unwrap();
    refused(&home, &service, "album", &["folder"]);
}

#[test]
fn an_empty_file() {
    let service = Service::start();
    let home = Home::at(&service);
    home.write("empty.mp3", "");
    refused(&home, &service, "empty.mp3", &["empty"]);
}

#[cfg(unix)]
#[test]
fn an_unreadable_file() {
    use std::os::unix::fs::PermissionsExt;
    let service = Service::start();
    let home = Home::at(&service);
    let path = home.work().join("song.wav");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        println!("skipped: this user may read every file");
        return;
    }
    refused(&home, &service, "song.wav", &["may not be read"]);
}

#[cfg(unix)]
#[test]
fn a_device_that_never_ends() {
    let service = Service::start();
    let home = Home::at(&service);
    refused(&home, &service, "/dev/zero", &["a pipe or a device"]);
    home.cover(["--spec", "/dev/zero", "list"]).expect(2).saying(&["--spec /dev/zero", "a pipe or a device"]);
}

#[test]
fn a_file_that_is_no_audio() {
    let service = Service::start();
    let home = Home::at(&service);
    home.write("notes.mp3", "These are notes, and no music.\n".repeat(50));
    home.cover([&["notes.mp3"][..], &NIGHT_DRIVE].concat()).expect(2).saying(&["notes.mp3"]);
    service.expect_nothing_sent();
}

#[test]
fn a_recording_that_is_too_long() {
    let service = Service::start();
    let home = Home::at(&service);
    home.song("long.wav", 10 * 60);
    home.cover([&["long.wav"][..], &NIGHT_DRIVE].concat()).expect(2).saying(&[
        "long.wav",
        "600 seconds",
        "at most 120",
    ]);
    service.expect_nothing_sent();
}

#[cfg(unix)]
#[test]
fn a_read_only_folder() {
    let service = Service::start();
    let home = Home::at(&service);
    // Nobody may write there, not even an administrator.
    if !Path::new("/proc").exists() {
        println!("skipped: there is no /proc");
        return;
    }
    let said = home.song_to_cover(&["--output", "/proc/covers"]);
    assert!(matches!(said.code, 2 | 4), "{said:?}");
    said.saying(&["/proc/covers"]);
    assert!(service.sandbox.tasks() <= 1);
    // The charged task is still delivered.
    home.song_to_cover(&[]).expect(0);
    home.expect_covers(2);
    assert_eq!(service.sandbox.tasks(), 1);
}

#[cfg(unix)]
#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written() {
    let service = Service::start();
    let home = Home::at(&service);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = home.command(["credits"]).stdout(full).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("standard output: No space left"), "{said}");
    assert_eq!(output.status.code(), Some(4));
}

#[test]
fn a_full_disk() {
    let service = Service::start();
    let home = Home::at(&service);
    fs::create_dir(home.work().join("covers")).unwrap();
    // A disk of its own, on which no file fits: it is there for one command.
    let on_small_disk = |command: &Command| {
        let mount = "mount -t tmpfs -o size=24k none covers && exec \"$0\" \"$@\"";
        let mut shell = Command::new("unshare");
        shell.args(["--user", "--map-root-user", "--mount", "sh", "-c", mount]);
        shell.arg(command.get_program()).args(command.get_args()).current_dir(home.work());
        shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        shell
    };
    let can_mount = on_small_disk(&Command::new("true")).output().is_ok_and(|output| output.status.success());
    if !can_mount {
        println!("skipped: this user may not mount a small disk");
        return;
    }
    let order = home.command([&["song.wav", "--key", "order-1", "--output", "covers"][..], &NIGHT_DRIVE].concat());
    Running::start(&mut on_small_disk(&order)).finish().expect(4).saying(&["space left", "cover resume order-1"]);
    assert_eq!(home.cover(["resume"]).expect(0).out.lines().count(), 2);
    let covers = fs::read_dir(home.work().join("covers")).unwrap();
    assert!(covers.map(|entry| entry.unwrap().metadata().unwrap().len()).eq([32_044, 32_044]), "both are complete");
    assert_eq!(service.sandbox.tasks(), 1);
}

#[test]
fn a_file_is_never_overwritten_without_force() {
    let service = Service::start();
    let home = Home::at(&service);
    let named = |key: &'static str| ["--key", key, "--name", "cover {n}.{ext}"];
    home.write("cover 1.wav", "mine");
    home.song_to_cover(&named("order-1")).expect(0);
    let mine = || fs::read_to_string(home.work().join("cover 1.wav"));
    assert_eq!(mine().unwrap(), "mine");
    assert_eq!(home.covers(), ["cover 1 (2).wav", "cover 1.wav", "cover 2.wav"]);
    home.song_to_cover(&[&named("order-2")[..], &["--force"]].concat()).expect(0);
    assert!(mine().is_err(), "it has become a song");
}

#[test]
fn a_name_with_an_unknown_word_or_a_lone_brace() {
    let service = Service::start();
    let home = Home::at(&service);
    home.song_to_cover(&["--name", "{n"]).expect(2).saying(&["--name"]);
    home.song_to_cover(&["--name", ""]).expect(2).saying(&["--name"]);
    service.expect_nothing_sent();
}

#[test]
fn a_spec_with_faults() {
    let home = Home::new();
    home.write("broken.toml", "[service]\nname = 7\n");
    home.write("garbage.toml", [0xff, 0xfe, 0, 1]);
    for spec in ["broken.toml", "garbage.toml", "absent.toml", "."] {
        home.cover(["--spec", spec, "--help"]).expect(2).saying(&[spec]);
        home.cover(["--sandbox", "--spec", spec, "operations"]).expect(2).saying(&[spec]);
    }
}

#[test]
fn two_commands_with_the_same_key_at_the_same_time() {
    let service = Service::start();
    let home = Home::at(&service);
    let arguments = [&["song.wav"][..], &NIGHT_DRIVE].concat();
    let both = [(); 2].map(|()| Running::start(&mut home.command(&arguments)));
    let codes = both.map(|running| running.finish().code);
    assert!(codes.iter().all(|code| matches!(code, 0 | 3 | 4)) && codes.contains(&0), "{codes:?}");
    assert_eq!((service.arrived(Asks::Submit), service.sandbox.tasks()), (1, 1));
    home.song_to_cover(&[]).expect(0);
    home.expect_covers(2);
    assert_eq!(service.sandbox.tasks(), 1);
}

#[test]
fn a_reader_that_goes_away() {
    let service = Service::start();
    let home = Home::at(&service);
    for key in ["order-1", "order-2"] {
        home.cover([&["send", "song.wav", "--key", key][..], &NIGHT_DRIVE].concat()).expect(0);
    }
    for command in ["list", "operations", "man", "completions bash", "--help", "list --json"] {
        let cover = env!("CARGO_BIN_EXE_cover");
        let script =
            format!("set -o pipefail; '{cover}' {command} 2>errors | head -c1 >/dev/null; echo $?; cat errors");
        let mut shell = home.command([""; 0]);
        let mut bash = Command::new("bash");
        bash.args(["-c", &script]).current_dir(home.work());
        bash.envs(shell.env("BASH", "").get_envs().filter_map(|(name, value)| Some((name, value?))));
        let output = bash.output().expect("there is a bash");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "0\n", "{command}");
    }
}

#[test]
fn a_body_that_breaks_rules_or_is_no_json() {
    let service = Service::start();
    let home = Home::at(&service);
    home.cover(["song.wav", "--body", "{"]).expect(2).saying(&["--body"]);
    home.cover(["song.wav", "--body", "absent.json"]).expect(2).saying(&["absent.json"]);
    home.cover(["song.wav", "--body", "[]"]).expect(2).saying(&["--body"]);
    home.cover(["song.wav", "--body", r#"{"prompt": 7}"#]).expect(2).saying(&["prompt"]);
    home.cover(["song.wav", "--body", r#"{"promt": "A calm night"}"#]).expect(2).saying(&["promt"]);
    home.cover_with_input(["song.wav", "--body", "-"], "nonsense").expect(2).saying(&["--body"]);
    service.expect_nothing_sent();
}

#[test]
fn long_texts_come_from_files_and_from_standard_input() {
    let home = Home::new();
    home.song("song.wav", 1);
    home.write("lyrics.txt", "La la la\n");
    let said = home.cover(["check", "song.wav", "--prompt", "@lyrics.txt", "--json"]).expect(0);
    assert_eq!(said.events()[0]["body"]["prompt"], "La la la");
    let said = home.cover_with_input(["check", "song.wav", "--prompt", "-", "--json"], "From a pipe\n").expect(0);
    assert_eq!(said.events()[0]["body"]["prompt"], "From a pipe");
    home.cover(["check", "song.wav", "--prompt", "@absent.txt"]).expect(2).saying(&["absent.txt"]);
}

#[test]
fn a_password_in_an_argument() {
    let service = Service::start();
    let home = Home::at(&service);
    let said = home.cover(["--ledger", "postgres://me:s3cret@localhost/covers", "list"]).expect(2);
    assert!(!said.err.contains("s3cret"), "{said:?}");
    said.saying(&["--ledger", "PGPASSWORD"]);
}

#[test]
fn the_key_comes_from_a_file_or_a_command_or_setup_and_is_never_printed() {
    let service = Service::start();
    let home = Home::at(&service).with("COVER_API_KEY", "");
    home.write("key.txt", format!("{}\n", service.sandbox.key()));
    home.write("empty.txt", "\n");
    assert_eq!(home.cover(["credits", "--key-file", "key.txt"]).expect(0).out, "1000\n");
    home.cover(["credits", "--key-file", "empty.txt"]).expect(2).saying(&["empty.txt", "empty"]);
    home.cover(["credits", "--key-file", "absent.txt"]).expect(2).saying(&["absent.txt"]);
    assert_eq!(home.cover(["credits", "--key-command", "cat key.txt"]).expect(0).out, "1000\n");
    home.cover(["credits", "--key-command", "exit 3"]).expect(2).saying(&["--key-command"]);
    home.cover(["credits"]).expect(2).saying(&["cover setup"]);

    home.cover_with_input(["setup"], "wrong\n").expect(3);
    home.cover(["credits"]).expect(2).saying(&["cover setup"]);
    let said = home.cover_with_input(["setup"], &format!("{}\n", service.sandbox.key())).expect(0);
    assert!(!said.out.contains(service.sandbox.key()), "{said:?}");
    assert_eq!(home.cover(["credits"]).expect(0).out, "1000\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(home.path().join(".config/cover/key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn the_words_of_failures() {
    let service = Service::start();
    let home = Home::at(&service);
    home.write("empty.mp3", "");
    let mut session = Session::in_home(&home).at(service.url());
    for line in [
        "absent.mp3 --prompt 'A calm night'",
        "empty.mp3 --prompt 'A calm night'",
        "song.wav",
        "song.wav --title 'Night Drive' --style Jazz",
        "song.wav --prompt 'A calm night' --titel 'Night Drive'",
        "song.wav --prompt 'A calm night' --model V9",
        "song.wav --prompt 'A calm night' --mode Costum",
        "song.wav --prompt 'A calm night' --output '' --timeout soon",
        "resolve order-1",
        "wait",
        "exten song.wav",
    ] {
        session.run(line);
    }
    session.matches("failures");
}
