//! Which results become files, what they are called, and what becomes of the other results.

use crate::support::{Asks, Fate, Home, Service};

/// Buys a cover, and returns a home with two files and the id of the first track.
fn home_with_a_track(service: &Service) -> (Home, String) {
    let home = Home::at(service);
    home.song_to_cover(&["--key", "order-1"]).expect(0);
    let status = home.cover(["status", "order-1", "--json"]).expect(0);
    let track = status.events()[0]["results"]["tracks"][0]["id"].as_str().expect("it is a text").to_owned();
    (home, track)
}

#[test]
fn files_have_the_title_unless_a_template_says_otherwise() {
    let service = Service::start();
    let home = Home::at(&service);
    assert_eq!(home.song_to_cover(&["--key", "order-1"]).expect(0).out, "Night Drive 1.wav\nNight Drive 2.wav\n");
    let template = ["--key", "order-2", "--name", "{key}/{title}: {tags}.{ext}"];
    let files = "order-2_Night Drive_ Smooth jazz trio.wav\norder-2_Night Drive_ Smooth jazz trio (2).wav\n";
    assert_eq!(home.song_to_cover(&template).expect(0).out, files);
    home.expect_covers(4);
}

#[test]
fn the_files_of_one_task_never_replace_each_other() {
    let service = Service::start();
    let home = Home::at(&service);
    for _ in 0..2 {
        let said = home.song_to_cover(&["--key", "order-1", "--name", "{title}.{ext}", "--force"]).expect(0);
        assert_eq!(said.out, "Night Drive.wav\nNight Drive (2).wav\n");
        home.expect_covers(2);
    }
}

#[test]
fn a_word_that_no_result_has_is_refused_before_anything_is_sent() {
    let service = Service::start();
    let home = Home::at(&service);
    let said = home.song_to_cover(&["--name", "{titel}.{ext}"]).expect(2);
    said.saying(&[
        "--name: there is no word {titel}",
        "the words are {n}, {ext}, {key}, {task}, {result}, {",
        "{title}",
    ]);
    service.expect_nothing_sent();
}

#[test]
fn every_stem_is_a_file_with_its_own_name() {
    let service = Service::start();
    let (home, track) = home_with_a_track(&service);
    let arguments = ["stems", "--task-id", "task-1", "--audio-id", &track, "--separation", "split_stem"];
    let said = home.cover(arguments.iter().copied().chain(["--key", "stems-1"])).expect(0);
    assert!(said.out.starts_with("stems-1 vocalUrl.wav\nstems-1 instrumentalUrl.wav\n"), "{said:?}");
    assert_eq!(home.covers().len(), 2 + said.out.lines().count());
}

#[test]
fn pictures_are_files_if_there_is_nothing_else() {
    let service = Service::start();
    let (home, _) = home_with_a_track(&service);
    let said = home.cover(["cover-images", "--task-id", "task-1", "--key", "images-1"]).expect(0);
    assert_eq!(said.out, "images-1 1.svg\nimages-1 2.svg\n");
}

#[test]
fn a_file_that_was_just_stored_is_not_downloaded_and_its_address_is_printed() {
    let service = Service::start();
    let home = Home::at(&service);
    let arguments =
        ["file-url", "--file-url", "https://a.example/song.mp3", "--upload-path", "songs", "--key", "file-1"];
    let said = home.cover(arguments).expect(0);
    assert!(said.out.lines().any(|line| line.starts_with("downloadUrl: http")), "{said:?}");
    assert_eq!((home.covers(), service.arrived(Asks::File)), (Vec::new(), 0));
    let events = home.cover(arguments.iter().copied().chain(["--json"])).expect(0).events();
    assert!(events.last().expect("there is a result")["results"]["downloadUrl"].is_string(), "{events:?}");
}

#[test]
fn results_that_are_no_files_are_printed() {
    let service = Service::start();
    let home = Home::at(&service);
    let said = home.cover(["lyrics", "--prompt", "A calm night", "--key", "lyrics-1"]).expect(0);
    assert_eq!(
        said.out,
        "lyrics:\n  1.\n    text: task-1-0\n    title: task-1-0\n    status: complete\n  \
         2.\n    text: task-1-1\n    title: task-1-1\n    status: complete\n"
    );
    assert_eq!(home.covers(), [""; 0]);
}

#[test]
fn an_empty_file_is_not_kept_and_is_fetched_again() {
    let service = Service::start();
    let home = Home::at(&service);
    service.next(Asks::File, Fate::Status(200));
    home.song_to_cover(&["--key", "order-1"])
        .expect(4)
        .saying(&["the service sent an empty file", "cover resume order-1"]);
    assert_eq!(home.covers().len(), 1);
    home.cover(["resume", "order-1"]).expect(0);
    home.expect_covers(2);
}
