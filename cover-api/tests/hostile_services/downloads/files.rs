//! Downloads into files: complete under their name or not there, resumed by later ones, and never mixed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, RANGE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use cover_api::{Client, Error, Link};
use cover_testkit::Outcome;
use futures_util::StreamExt;

use super::server::{FILE, REST, Server, TAGGED, Then, cut, text};

const SHORT: Duration = Duration::from_millis(300);
const CHANGED: &str = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\netag: \"b\"\r\n\r\nabcdef";

/// A folder for a song that is downloaded.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> io::Result<Self> {
        tempfile::tempdir().map(Self)
    }

    fn song(&self) -> PathBuf {
        self.0.path().join("Night Drive 1.mp3")
    }

    fn part(&self) -> PathBuf {
        self.0.path().join("Night Drive 1.mp3.part")
    }

    fn record(&self) -> PathBuf {
        self.0.path().join("Night Drive 1.mp3.part.resume")
    }

    /// Returns the names of all files.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).expect("it is a folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// Asserts that the file is complete and alone.
    #[track_caller]
    fn holds(&self, bytes: &[u8]) {
        assert_eq!(fs::read(self.song()).expect("it is there"), bytes);
        assert_eq!(self.names(), ["Night Drive 1.mp3"]);
    }
}

/// Downloads a song from a server that stalls after four of its ten bytes. Returns the place with the rest of the download.
async fn interrupted(server: &Server) -> Result<Place, Box<dyn std::error::Error>> {
    let place = Place::new()?;
    let download = server.client()?.download_file(&server.link(), place.song()).timeout(SHORT);
    assert!(download.await.expect_err("the server stalls").is_timeout());
    assert_eq!(fs::read(place.part())?, b"0123");
    assert_eq!(place.names().len(), 2);
    Ok(place)
}

/// Starts a server whose first answer stalls after four bytes with this validator.
async fn stalling(headers: &str, then: &[&str]) -> io::Result<Server> {
    let first = cut(headers);
    let answers = [(first.as_str(), Then::Silence)].into_iter();
    Server::start_with(&answers.chain(then.iter().map(|answer| (*answer, Then::Close))).collect::<Vec<_>>()).await
}

#[tokio::test]
async fn a_file_is_complete_under_its_name() -> Outcome {
    let server = Server::start(&[&format!("{TAGGED}0123456789")]).await?;
    let (place, mut seen) = (Place::new()?, Vec::new());
    let progress = |done, total| seen.push((done, total));
    let length = server.client()?.download_file(&server.link(), place.song()).progress(progress).await?;
    assert_eq!((length, seen.last()), (10, Some(&(10, Some(10)))));
    place.holds(FILE);
    Ok(())
}

#[tokio::test]
async fn a_file_that_exists_is_replaced_only_on_request() -> Outcome {
    let server = Server::start(&[&format!("{TAGGED}0123456789")]).await?;
    let (client, place) = (server.client()?, Place::new()?);
    fs::write(place.song(), "old")?;
    let error = client.download_file(&server.link(), place.song()).await.expect_err("it exists");
    assert!(error.is_path_taken() && text(&error).ends_with("replaces it"), "{error}");
    assert!(server.heads().is_empty());
    place.holds(b"old");
    client.download_file(&server.link(), place.song()).overwrite().await?;
    place.holds(FILE);
    Ok(())
}

#[tokio::test]
async fn a_file_that_appears_meanwhile_is_not_replaced() -> Outcome {
    let server = Server::start(&[&format!("{TAGGED}0123456789")]).await?;
    let place = Place::new()?;
    let song = place.song();
    let appear = |_, _| fs::write(&song, "mine").expect("writable");
    let error = server.client()?.download_file(&server.link(), &song).progress(appear).await.expect_err("it exists");
    assert!(error.is_path_taken(), "{error}");
    assert_eq!(fs::read(&song)?, b"mine");
    Ok(())
}

#[tokio::test]
async fn a_later_download_goes_on_by_etag() -> Outcome {
    let server = stalling("etag: \"a\"\r\n", &[REST]).await?;
    let place = interrupted(&server).await?;
    let mut seen = Vec::new();
    let progress = |done, total| seen.push((done, total));
    server.client()?.download_file(&server.link(), place.song()).progress(progress).await?;
    assert_eq!(seen, [(10, Some(10))]);
    place.holds(FILE);
    let head = &server.heads()[1];
    assert!(head.contains("range: bytes=4-\r\n") && head.contains("if-range: \"a\"\r\n"), "{head}");
    Ok(())
}

#[tokio::test]
async fn a_later_download_goes_on_by_date() -> Outcome {
    let dates = "last-modified: Wed, 21 Oct 2015 07:28:00 GMT\r\ndate: Thu, 22 Oct 2015 07:28:00 GMT\r\n";
    let server = stalling(dates, &[REST]).await?;
    let place = interrupted(&server).await?;
    server.client()?.download_file(&server.link(), place.song()).await?;
    place.holds(FILE);
    assert!(server.heads()[1].contains("if-range: wed, 21 oct 2015 07:28:00 gmt\r\n"));
    Ok(())
}

#[tokio::test]
async fn a_changed_file_is_downloaded_from_its_beginning() -> Outcome {
    let unsatisfiable = "HTTP/1.1 416 No\r\ncontent-range: bytes */6\r\ncontent-length: 0\r\n\r\n";
    let other_tag = REST.replace("\"a\"", "\"b\"");
    let other_range = REST.replace("4-9/10", "5-9/10");
    for answers in [&[CHANGED][..], &[unsatisfiable, CHANGED], &[&other_tag, CHANGED], &[&other_range, CHANGED]] {
        let server = stalling("etag: \"a\"\r\n", answers).await?;
        let place = interrupted(&server).await?;
        server.client()?.download_file(&server.link(), place.song()).await?;
        place.holds(b"abcdef");
        let heads = server.heads();
        assert!(heads[1].contains("range:") && heads.iter().skip(2).all(|head| !head.contains("range:")), "{heads:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_file_that_changes_during_its_download_is_downloaded_from_its_beginning() -> Outcome {
    for first in [cut("etag: \"a\"\r\n"), cut("")] {
        let server = Server::start(&[&first, CHANGED]).await?;
        let place = Place::new()?;
        server.client()?.download_file(&server.link(), place.song()).await?;
        place.holds(b"abcdef");
    }
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_resumed_is_removed() -> Outcome {
    let missing = "HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\nnone";
    for (answer, then) in [(&*cut(""), Then::Silence), (missing, Then::Close), (TAGGED, Then::Silence)] {
        let server = Server::start_with(&[(answer, then)]).await?;
        let place = Place::new()?;
        server.client()?.download_file(&server.link(), place.song()).timeout(SHORT).await.expect_err("it fails");
        assert_eq!(place.names(), [""; 0], "{answer}");
    }
    Ok(())
}

/// Changes something about an interrupted download, and asserts that the next one starts from the beginning.
async fn starts_anew(change: impl Fn(&Place) -> io::Result<()>) -> Outcome {
    let server = stalling("etag: \"a\"\r\n", &[&format!("{TAGGED}0123456789")]).await?;
    let place = interrupted(&server).await?;
    change(&place)?;
    server.client()?.download_file(&server.link(), place.song()).await?;
    place.holds(FILE);
    assert!(!server.heads()[1].contains("range:"));
    Ok(())
}

#[tokio::test]
async fn a_record_that_is_broken_missing_or_of_another_link_is_not_used() -> Outcome {
    starts_anew(|place| fs::remove_file(place.record())).await?;
    starts_anew(|place| fs::remove_file(place.part())).await?;
    for broken in [&b""[..], b"{", b"\0\0\0\0", b"\xff\xfe", &vec![b'['; 100_000]] {
        starts_anew(|place| fs::write(place.record(), broken)).await?;
    }
    let server = stalling("etag: \"a\"\r\n", &[CHANGED]).await?;
    let place = interrupted(&server).await?;
    let other = Link::new(format!("{}/other.mp3", server.url));
    server.client()?.download_file(&other, place.song()).await?;
    place.holds(b"abcdef");
    assert!(!server.heads()[1].contains("range:"));
    Ok(())
}

#[tokio::test]
async fn bytes_that_are_not_known_to_be_on_the_disk_are_downloaded_again() -> Outcome {
    let server = stalling("etag: \"a\"\r\n", &[REST]).await?;
    let place = interrupted(&server).await?;
    fs::write(place.part(), b"0123\0\0\0\0")?;
    server.client()?.download_file(&server.link(), place.song()).await?;
    place.holds(FILE);
    Ok(())
}

#[tokio::test]
async fn the_server_confirms_also_a_file_that_only_lacks_its_name() -> Outcome {
    let last = "HTTP/1.1 206 Partial\r\ncontent-length: 1\r\ncontent-range: bytes 9-9/10\r\netag: \"a\"\r\n\r\n9";
    let server = stalling("etag: \"a\"\r\n", &[last]).await?;
    let place = interrupted(&server).await?;
    fs::write(place.part(), FILE)?;
    fs::write(place.record(), fs::read_to_string(place.record())?.replace("\"written\":4", "\"written\":10"))?;
    server.client()?.download_file(&server.link(), place.song()).await?;
    place.holds(FILE);
    assert!(server.heads()[1].contains("range: bytes=9-\r\n"));
    Ok(())
}

#[tokio::test]
async fn a_second_download_to_the_same_path_is_refused() -> Outcome {
    let server = stalling("etag: \"a\"\r\n", &[REST]).await?;
    let (client, place) = (server.client()?, Place::new()?);
    let link = server.link();
    let first = tokio::spawn(client.download_file(&link, place.song()).timeout(SHORT).into_future());
    while !place.record().exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(20)).await;
    let error = client.download_file(&link, place.song()).await.expect_err("it is locked");
    assert!(error.is_path_taken() && text(&error).contains("another download is writing to"), "{error}");
    assert!(first.await?.expect_err("the server stalls").is_timeout());
    client.download_file(&link, place.song()).await?;
    place.holds(FILE);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn downloads_that_begin_while_others_end_never_mix() -> Outcome {
    let router = Router::new().route("/{*file}", get(|| async { ([(ETAG, "\"a\"")], FILE) }));
    let (client, place) = (Client::builder("k3y").transport(router).build()?, Place::new()?);
    let many = (0..8).map(|_| {
        let (client, song) = (client.clone(), place.song());
        tokio::spawn(async move {
            let mut done = 0;
            for _ in 0..40 {
                match client.download_file(&Link::new("https://a.example/x"), &song).overwrite().await {
                    Ok(_) => {
                        done += 1;
                        assert_eq!(fs::read(&song).expect("it is there"), FILE);
                    }
                    Err(error) => assert!(error.is_path_taken(), "{error}"),
                }
            }
            done
        })
    });
    let done: Vec<i32> = futures_util::future::try_join_all(many).await?;
    assert!(done.iter().sum::<i32>() > 0);
    place.holds(FILE);
    Ok(())
}

#[tokio::test]
async fn a_place_that_cannot_be_used_is_named_before_anything_is_requested() -> Outcome {
    let server = Server::start(&[&format!("{TAGGED}0123456789")]).await?;
    let (client, place) = (server.client()?, Place::new()?);
    fs::write(place.song(), "a file")?;
    fs::create_dir(place.0.path().join("taken.mp3.part"))?;
    let within = |name: &str| place.0.path().join(name);
    for (path, why) in [
        (place.0.path().to_owned(), "is a folder; give the path of a file in it"),
        (within("absent/song.mp3"), "could not be written: "),
        (within("nul\0.mp3"), "could not be written: "),
        (place.song().join("song.mp3"), "could not be written: "),
        (within(&"x".repeat(300)), "could not be written: "),
        (within("taken.mp3"), "must be files, or not exist; remove what is there"),
        (PathBuf::new(), "`` has no file name"),
        (PathBuf::from("/"), "`/` has no file name"),
        (within(".."), "has no file name"),
    ] {
        let error = text(&client.download_file(&server.link(), &path).overwrite().await.expect_err("unusable"));
        assert!(error.starts_with("the download failed: `") && error.contains(why), "{path:?}: {error}");
    }
    assert!(server.heads().is_empty());
    assert_eq!(place.names(), ["Night Drive 1.mp3", "taken.mp3.part"]);
    Ok(())
}

/// Serves a large file. Its first answer stalls after three quarters.
fn large_file(bytes: &Bytes, asked: &Arc<Mutex<Vec<usize>>>) -> Router {
    let (bytes, asked) = (bytes.clone(), Arc::clone(asked));
    let answer = move |headers: HeaderMap| {
        let range = headers.get(RANGE).and_then(|range| range.to_str().ok()?.strip_prefix("bytes=")?.strip_suffix('-'));
        let from: usize = range.map_or(0, |from| from.parse().expect("a number"));
        let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.push(from);
        let (length, is_first) = (bytes.len(), asked.len() == 1);
        let rest = bytes.slice(from..if is_first { length / 4 * 3 } else { length });
        let pieces: Vec<_> =
            rest.chunks(50_000).map(|piece| Ok::<_, io::Error>(Bytes::copy_from_slice(piece))).collect();
        let pieces = futures_util::stream::iter(pieces);
        let body = if is_first {
            Body::from_stream(pieces.chain(futures_util::stream::pending()))
        } else {
            Body::from_stream(pieces)
        };
        let range = format!("bytes {from}-{}/{length}", length - 1);
        let status = if from > 0 { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
        let headers =
            [(CONTENT_LENGTH, (length - from).to_string()), (ETAG, "\"a\"".to_owned()), (CONTENT_RANGE, range)];
        async move { (status, headers, body).into_response() }
    };
    Router::new().route("/x", get(answer))
}

#[tokio::test]
async fn a_download_that_is_dropped_repeats_at_most_a_mebibyte() -> Outcome {
    let bytes: Bytes = (0..8_u32 << 20).map(|index| (index % 251) as u8).collect();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let client: Client = Client::builder("k3y").transport(large_file(&bytes, &asked)).build()?;
    let (link, place) = (Link::new("https://a.example/x"), Place::new()?);
    let mut most = 0;
    let download = client.download_file(&link, place.song()).progress(|done, _| most = done);
    tokio::time::timeout(Duration::from_secs(2), download.into_future()).await.expect_err("it stalls");
    assert_eq!(most, 6 << 20);
    let length = client.download_file(&link, place.song()).await?;
    assert_eq!(length, bytes.len() as u64);
    place.holds(&bytes);
    let asked = asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert!(asked.len() == 2 && asked[1] >= (6 << 20) - (1 << 20) - (256 << 10), "{asked:?}");
    Ok(())
}

/// A path of the type that users have.
#[tokio::test]
async fn a_path_without_a_folder_is_in_the_current_one() -> Result<(), Error> {
    let server = Server::start(&[&format!("{TAGGED}0123456789")]).await.expect("a port is free");
    let name = format!("cover-test-{}.mp3", std::process::id());
    server.client()?.download_file(&server.link(), &name).await?;
    let read = fs::read(Path::new(&name));
    fs::remove_file(&name).ok();
    assert_eq!(read.expect("it is there"), FILE);
    Ok(())
}
