//! Each exit code, caused by a real event.

use std::time::Duration;

use cover_api::sandbox::Answer;

use crate::support::{Asks, Fate, Home, Service};

const HOUR: Duration = Duration::from_secs(3600);

/// An address at which nothing listens.
fn closed_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    format!("http://{}", listener.local_addr().expect("it listens"))
}

mod zero {
    use super::*;

    #[test]
    fn a_song_becomes_two_files() {
        let service = Service::start();
        let home = Home::at(&service);
        let said = home.song_to_cover(&[]).expect(0);
        home.expect_covers(2);
        assert_eq!(said.out.lines().collect::<Vec<_>>(), home.covers(), "it prints the paths");
        assert_eq!(said.err, "", "nothing is said without a terminal");
        assert_eq!(service.sandbox.tasks(), 1);
    }

    #[test]
    fn the_same_command_pays_once_and_again_buys_another_take() {
        let service = Service::start();
        let home = Home::at(&service);
        let first = home.song_to_cover(&[]).expect(0);
        let second = home.song_to_cover(&[]).expect(0);
        assert_eq!(first.out, second.out);
        home.expect_covers(2);
        assert_eq!((service.sandbox.tasks(), service.arrived(Asks::Upload)), (1, 1));
        home.song_to_cover(&["--again"]).expect(0);
        home.expect_covers(4);
        assert_eq!(service.sandbox.tasks(), 2);
    }

    #[test]
    fn send_wait_status_and_download_do_what_one_command_does() {
        let service = Service::start();
        let home = Home::at(&service);
        let sent = home.cover([&["send", "song.wav", "--key", "order-1"][..], &crate::support::NIGHT_DRIVE].concat());
        assert_eq!(sent.expect(0).out, "task-1\n");
        assert_eq!(home.cover(["wait", "order-1"]).expect(0).out, "SUCCESS\n");
        assert_eq!(home.cover(["status", "task-1"]).expect(0).out, "SUCCESS\n");
        home.cover(["download", "order-1"]).expect(0);
        home.expect_covers(2);
        assert_eq!(service.sandbox.tasks(), 1);
    }
}

mod one {
    use super::*;

    #[test]
    fn the_task_failed() {
        let service = Service::start();
        service.sandbox.script_statuses(["PENDING", "GENERATE_AUDIO_FAILED"]);
        let home = Home::at(&service);
        home.song_to_cover(&[]).expect(1).saying(&["GENERATE_AUDIO_FAILED"]);
        assert_eq!(service.sandbox.tasks(), 1);
        home.expect_covers(0);
        // The task stays failed: nothing is bought to replace it.
        home.song_to_cover(&[]).expect(1);
        home.cover(["status", "task-1"]).expect(1);
        home.cover(["download", "task-1"]).expect(1);
        assert_eq!(service.sandbox.tasks(), 1);
    }
}

mod two {
    use super::*;

    #[test]
    fn a_rule_is_broken() {
        let service = Service::start();
        let home = Home::at(&service);
        let title = "x".repeat(120);
        let said = home.cover(["song.wav", "--title", &title, "--style", "Jazz", "--instrumental"]).expect(2);
        said.saying(&["--title", "120 characters", "at most 100"]);
        service.expect_nothing_sent();
    }

    #[test]
    fn every_broken_rule_is_told_at_once() {
        let service = Service::start();
        let home = Home::at(&service);
        let (title, style) = ("x".repeat(120), "y".repeat(1200));
        let arguments = ["song.wav", "--title", &title, "--style", &style, "--instrumental", "--audio-weight", "7"];
        home.cover(arguments).expect(2).saying(&["--title", "--style", "--audio-weight"]);
        service.expect_nothing_sent();
    }

    #[test]
    fn a_flag_is_unknown_and_the_nearest_one_is_suggested() {
        let home = Home::new();
        home.cover(["song.wav", "--titel", "Night Drive"]).expect(2).saying(&["--titel", "--title"]);
    }

    #[test]
    fn a_choice_is_unknown_and_the_nearest_one_is_suggested() {
        let service = Service::start();
        let home = Home::at(&service);
        home.song_to_cover(&["--vocal-gender", "x"]).expect(2).saying(&["--vocal-gender", "m", "f"]);
        home.song_to_cover(&["--model", "V55"]).expect(2).saying(&["--model", "V55", "did you mean `V5`?"]);
        service.expect_nothing_sent();
    }

    #[test]
    fn an_argument_stands_before_the_name_of_a_command() {
        let home = Home::new();
        home.cover(["--title", "Night Drive", "list"]).expect(2).saying(&["list", "title"]);
        home.cover(["check", "--title", "Night Drive", "extend"]).expect(2).saying(&["extend", "title"]);
        home.cover(["--sandbox", "list"]).expect(0);
    }

    #[test]
    fn the_song_is_missing() {
        let service = Service::start();
        let home = Home::at(&service);
        home.cover(["--title", "Night Drive", "--style", "Jazz", "--instrumental"]).expect(2).saying(&["SONG"]);
        service.expect_nothing_sent();
    }

    #[test]
    fn the_key_was_used_for_another_request() {
        let service = Service::start();
        let home = Home::at(&service);
        home.song_to_cover(&["--key", "order-1"]).expect(0);
        let other = ["song.wav", "--prompt", "Something else", "--key", "order-1"];
        home.cover(other).expect(2).saying(&["order-1", "something else", "--again"]);
        assert_eq!((service.arrived(Asks::Submit), service.arrived(Asks::Upload)), (1, 1));
    }

    #[test]
    fn there_is_no_api_key() {
        let home = Home::new();
        home.song("song.wav", 1);
        home.song_to_cover(&[]).expect(2).saying(&["no API key", "cover setup", "--sandbox", "COVER_API_KEY"]);
    }

    #[test]
    fn a_task_does_not_exist() {
        let service = Service::start();
        let home = Home::at(&service);
        let since = std::time::Instant::now();
        for command in ["status", "download", "wait"] {
            home.cover([command, "task-17"]).expect(2).saying(&[
                "task-17",
                "neither the service nor the ledger",
                "--operation",
            ]);
        }
        assert!(since.elapsed() < Duration::from_secs(30), "{:?}", since.elapsed());
    }

    #[test]
    fn an_outcome_is_resolved_that_is_not_unknown() {
        let service = Service::start();
        let home = Home::at(&service);
        home.cover(["resolve", "order-1", "--not-charged"]).expect(2).saying(&["order-1", "cover unknown"]);
    }
}

mod three {
    use super::*;

    #[test]
    fn the_service_refuses_the_request() {
        let service = Service::start();
        service.sandbox.answer_submit(Answer::message(400, "Please enter instrumental."));
        let home = Home::at(&service);
        home.song_to_cover(&[]).expect(3).saying(&["Please enter instrumental."]);
        assert_eq!(service.sandbox.tasks(), 0);
        // Nothing was charged, so the same command may be run again.
        home.song_to_cover(&[]).expect(0);
        assert_eq!(service.sandbox.tasks(), 1);
    }

    #[test]
    fn there_are_not_enough_credits() {
        let service = Service::with(|builder| builder.credits(3));
        let home = Home::at(&service);
        home.song_to_cover(&[]).expect(3).saying(&["redits"]);
        assert_eq!(service.sandbox.tasks(), 0);
    }

    #[test]
    fn the_api_key_is_wrong() {
        let service = Service::start();
        let home = Home::at(&service).with("COVER_API_KEY", "wr0ng-s3cret");
        for arguments in [&["credits"][..], &["upload", "song.wav"], &["song.wav", "--prompt", "A calm night"]] {
            let said = home.cover(arguments).expect(3);
            assert!(!said.err.contains("wr0ng-s3cret"), "the key is never printed: {said:?}");
        }
        assert_eq!(service.sandbox.tasks(), 0);
    }

    #[test]
    fn there_is_no_network() {
        let service = Service::start();
        let home = Home::at(&service).with("COVER_API_URL", &closed_port());
        home.song_to_cover(&[]).expect(3);
        home.cover(["credits"]).expect(3);
        home.cover(["song.wav", "--prompt", "A calm night", "--json"]).expect(3);
    }
}

mod four {
    use super::*;

    #[test]
    fn a_new_task_is_not_visible_at_once_and_is_waited_for() {
        let service = Service::start();
        let home = Home::at(&service);
        home.cover([&["send", "song.wav", "--key", "order-1"][..], &crate::support::NIGHT_DRIVE].concat()).expect(0);
        for which in ["order-1", "task-1"] {
            service.sandbox.answer_poll(Answer::code(404));
            home.cover(["wait", which]).expect(0);
        }
    }

    #[test]
    fn the_task_still_runs_when_the_time_is_over() {
        let service = Service::with(|builder| builder.stage_every(HOUR));
        let home = Home::at(&service);
        let said = home.song_to_cover(&["--key", "order-1", "--timeout", "1s"]).expect(4);
        assert_eq!(said.out, "task-1\n", "the id is on standard output");
        said.saying(&["cover resume order-1"]);
        home.cover(["status", "order-1"]).expect(4);
        home.cover(["download", "order-1"]).expect(4).saying(&["cover wait task-1"]);
        assert_eq!(service.sandbox.tasks(), 1);
    }

    #[test]
    fn a_download_failed_and_resume_completes_it() {
        let service = Service::start();
        let home = Home::at(&service);
        // Enough for every attempt.
        for _ in 0..20 {
            service.next(Asks::File, Fate::Status(404));
        }
        home.song_to_cover(&["--key", "order-1"]).expect(4).saying(&["cover resume order-1"]);
        assert_eq!(home.finished(), [""; 0]);
        service.behave();
        home.cover(["resume"]).expect(0);
        home.expect_covers(2);
        assert_eq!(service.sandbox.tasks(), 1);
        home.cover(["resume"]).expect(0);
    }

    #[test]
    fn a_download_that_breaks_off_is_completed() {
        let service = Service::start();
        let home = Home::at(&service);
        for _ in 0..2 {
            service.next(Asks::File, Fate::CutShort);
        }
        let said = home.song_to_cover(&["--key", "order-1"]);
        assert!(matches!(said.code, 0 | 4), "{said:?}");
        home.cover(["resume"]).expect(0);
        home.expect_covers(2);
    }
}

mod five {
    use super::*;

    /// Sends a song whose reply is lost.
    fn lost(service: &Service) -> Home {
        service.next(Asks::Submit, Fate::ReplyLost);
        let home = Home::at(service);
        home.song_to_cover(&["--key", "order-1"]).expect(5).saying(&["cover resolve order-1"]);
        home
    }

    #[test]
    fn the_reply_was_lost_and_nothing_is_sent_again() {
        let service = Service::start();
        let home = lost(&service);
        home.song_to_cover(&["--key", "order-1"]).expect(5).saying(&["cover resolve order-1"]);
        assert_eq!((service.arrived(Asks::Submit), service.sandbox.tasks()), (1, 1));
        let said = home.cover(["unknown", "--json"]).expect(0);
        let [event] = &said.events_of("unknown")[..] else { panic!("{said:?}") };
        assert_eq!(event["key"], "order-1");
    }

    #[test]
    fn the_task_that_was_found_is_finished() {
        let service = Service::start();
        let home = lost(&service);
        home.cover(["resolve", "order-1", "--task", "task-1"]).expect(0);
        home.cover(["resume"]).expect(0);
        home.expect_covers(2);
        assert_eq!(home.cover(["unknown"]).expect(0).out, "");
        home.song_to_cover(&["--key", "order-1"]).expect(0);
        assert_eq!(service.sandbox.tasks(), 1);
    }

    #[test]
    fn what_was_not_charged_may_be_sent_again() {
        let service = Service::start();
        service.next(Asks::Submit, Fate::Status(502));
        let home = Home::at(&service);
        home.song_to_cover(&["--key", "order-1"]).expect(5);
        home.cover(["resolve", "order-1", "--not-charged"]).expect(0);
        home.song_to_cover(&["--key", "order-1"]).expect(0);
        home.expect_covers(2);
        assert_eq!(service.sandbox.tasks(), 1);
    }
}

#[cfg(unix)]
mod one_hundred_and_thirty {
    use super::*;
    use crate::support::{NIGHT_DRIVE, Running};

    #[test]
    fn ctrl_c_while_the_task_runs() {
        let service = Service::with(|builder| builder.stage_every(HOUR));
        let home = Home::at(&service);
        let running = Running::start(&mut home.command([&["song.wav"][..], &NIGHT_DRIVE].concat()));
        service.until_arrived(Asks::Poll, 1);
        running.signal("INT");
        running.finish().expect(130).saying(&["cover resume"]);
        assert_eq!(service.sandbox.tasks(), 1);
    }
}
