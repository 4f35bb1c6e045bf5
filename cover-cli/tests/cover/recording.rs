//! The recording in README.md: what a terminal shows. `SNAPSHOTS=overwrite` records it anew.

use std::fs;
use std::time::Duration;

use crate::support::{Home, NIGHT_DRIVE, Service, Terminal};

const BEGIN: &str = "<!-- recording -->\n```text\n";
const END: &str = "```\n<!-- end of recording -->";

/// Runs the command in a terminal, and returns what is on its screen while the task runs and at the end.
fn record() -> String {
    let service = Service::with(|builder| builder.stage_every(Duration::from_millis(900)));
    let home = Home::at(&service);
    home.song("song.wav", 20);
    let mut terminal = Terminal::run(&home.command([&["song.wav"][..], &NIGHT_DRIVE].concat()), 96);
    let middle = terminal.wait_for("the first track is ready");
    let (code, end) = terminal.finish();
    assert_eq!(code, 0, "{end}");
    let line = middle.lines().find(|line| line.contains("the first track is ready")).expect("it is there").to_owned();
    let typed = NIGHT_DRIVE.map(|word| if word.contains(' ') { format!("\"{word}\"") } else { word.to_owned() });
    let lines = end.lines().map(str::trim_end);
    let mut text = vec![format!("$ cover song.wav {}", typed.join(" "))];
    for shown in lines {
        text.push(shown.to_owned());
        if shown.contains("charged") {
            text.push(still(&line));
        }
    }
    text.join("\n") + "\n"
}

/// Replaces what differs between two recordings: the picture of the spinner, and the seconds.
fn still(line: &str) -> String {
    let (_, rest) = line.split_once(' ').expect("there is a name behind the spinner");
    let (before, after) = rest.split_once("the first track is ready").expect("it is there");
    let (_, about) = after.split_once(" of about").expect("it is there");
    format!("⠹ {before}the first track is ready   0:02 of about{}", about.trim_end())
}

#[test]
fn the_recording_in_the_readme_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = fs::read_to_string(path).expect("there is a README");
    let (before, rest) = readme.split_once(BEGIN).expect("it has a recording");
    let (shown, after) = rest.split_once(END).expect("the recording has an end");
    let recorded = record();
    if std::env::var("SNAPSHOTS").is_ok_and(|wanted| wanted == "overwrite") {
        fs::write(path, format!("{before}{BEGIN}{recorded}{END}{after}")).expect("it can be written");
    } else {
        assert_eq!(shown, recorded, "`SNAPSHOTS=overwrite cargo test -p cover-cli recording` records it anew");
    }
}
