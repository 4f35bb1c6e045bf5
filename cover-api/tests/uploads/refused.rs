//! Files that are not sent, and answers that are not an address.

use cover_api::sandbox::Answer;
use cover_testkit::Outcome;
use cover_testkit::recordings::{bare_variable_mp3, flac, mp3, variable_mp3, wav};
use futures_util::stream;

use crate::{client, refusal, sandbox};

/// What the shipped spec says about recordings that are too long.
const LIMIT: &str =
    "`uploadUrl` takes at most 120 (documented twice: 120 in the text of the field, but 480 in the usage guide)";

#[tokio::test]
async fn what_is_no_song_is_not_sent() -> Outcome {
    let sandbox = sandbox().start().await?;
    let client = client(sandbox.url(), sandbox.key())?;
    let folder = tempfile::tempdir()?;
    let write = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).map(|()| path)
    };
    let directory = folder.path().join("folder.mp3");
    std::fs::create_dir(&directory)?;
    let ours = "mp3, wav, m4a, flac, ogg";
    for (path, why) in [
        (folder.path().join("missing.mp3"), "there is no such file".to_owned()),
        (directory, "it is a directory, not a file".to_owned()),
        (write("empty.mp3", b"")?, "it is empty".to_owned()),
        (write("notes.txt", b"la la la")?, format!("its name ends in `.txt`, and the service takes {ours}")),
        (write("song", b"la la la")?, format!("its name has no extension, and the service takes {ours}")),
        (write("words.mp3", b"la la la")?, "it is not audio in a format whose length can be read".to_owned()),
        (
            write("page.wav", b"<html>not found</html>")?,
            "it is not audio in a format whose length can be read".to_owned(),
        ),
        (write("long.wav", &wav(121))?, format!("it is 121 seconds long, and {LIMIT}")),
    ] {
        let result = client.upload(&path).await;
        assert!(result.as_ref().is_err_and(cover_api::Error::is_setup), "{result:?}");
        assert_eq!(refusal(result), format!("nothing was sent: `{}` cannot be uploaded: {why}", path.display()));
    }
    assert_eq!(sandbox.uploads(), 0);
    Ok(())
}

#[tokio::test]
async fn the_name_of_bytes_and_streams_is_checked_as_well() -> Outcome {
    let sandbox = sandbox().start().await?;
    let client = client(sandbox.url(), sandbox.key())?;
    for (name, why) in [("", "is empty"), ("a/b.wav", "has a slash"), ("a\r\nb.wav", "has control characters")] {
        let said = refusal(client.upload_bytes(name, wav(1)).await);
        assert!(said.ends_with(&format!("cannot be uploaded: its name {why}")), "{said}");
        let stream = stream::iter([Ok::<_, std::io::Error>("la")]);
        assert!(refusal(client.upload_stream(name, 2, stream).await).ends_with(why));
    }
    assert_eq!(sandbox.uploads(), 0);
    Ok(())
}

#[tokio::test]
async fn the_length_is_read_from_each_format() -> Outcome {
    let sandbox = sandbox().start().await?;
    let client = client(sandbox.url(), sandbox.key())?;
    for (name, song, seconds) in [
        ("a.wav", wav(200), "200"),
        // 5000 frames of 1152 samples at 44.1 kHz, whatever their bit rate is.
        ("b.mp3", mp3(5_000), "130.7"),
        ("c.mp3", variable_mp3(5_000), "130.7"),
        // Frames are counted if no header has their number, and if it has a wrong one.
        ("c.mp3", bare_variable_mp3(5_000), "130.7"),
        ("c.mp3", replaced(variable_mp3(5_000), 44, 1_u32.to_be_bytes()), "130.7"),
        ("d.flac", flac(150), "150"),
        // The content counts, not the name.
        ("e.ogg", wav(122), "122"),
        // Programs that write to a pipe, or that are stopped, leave a size that is not that of the sound.
        ("f.wav", replaced(wav(122), 40, [0xff; 4]), "122"),
        ("f.wav", replaced(wav(122), 40, [0; 4]), "122"),
    ] {
        let said = refusal(client.upload_bytes(name, song).await);
        assert!(said.contains(&format!("it is {seconds} seconds long, and {LIMIT}")), "{name}: {said}");
    }
    for (name, song) in [
        ("a.wav", wav(120)),
        ("b.mp3", mp3(4_500)),
        ("c.mp3", variable_mp3(4_500)),
        ("c.mp3", bare_variable_mp3(4_500)),
        ("d.flac", flac(120)),
        ("f.wav", replaced(wav(120), 40, [0xff; 4])),
        ("f.wav", replaced(wav(120), 40, [0; 4])),
    ] {
        client.upload_bytes(name, song).await?;
    }
    Ok(())
}

/// Replaces four bytes of a file.
fn replaced(mut file: Vec<u8>, at: usize, with: [u8; 4]) -> Vec<u8> {
    file[at..at + 4].copy_from_slice(&with);
    file
}

#[tokio::test]
async fn a_length_that_the_file_does_not_say_and_one_that_the_caller_accepts_are_not_checked() -> Outcome {
    let sandbox = sandbox().start().await?;
    let client = client(sandbox.url(), sandbox.key())?;
    // A stream of FLAC does not know its number of samples.
    client.upload_bytes("a.flac", flac(0)).await?;
    client.upload_bytes("a.wav", wav(122)).unchecked_length().await?;
    client.upload_bytes("a.mp3", b"la la la".to_vec()).unchecked_length().await?;
    Ok(())
}

#[tokio::test]
async fn a_stream_that_is_not_as_long_as_announced_is_an_error() -> Outcome {
    let sandbox = sandbox().start().await?;
    let client = client(sandbox.url(), sandbox.key())?;
    let pieces = || stream::iter(["so", "ng"].map(Ok::<_, std::io::Error>));
    let said = refusal(client.upload_stream("song.mp3", 5, pieces()).await);
    assert_eq!(said, "`song.mp3` cannot be uploaded: it ended after 4 of 5 bytes while it was being sent");
    let said = refusal(client.upload_stream("song.mp3", 3, pieces()).await);
    assert_eq!(said, "`song.mp3` cannot be uploaded: it had more than 3 bytes while it was being sent");
    let broken = stream::iter([Ok("so"), Err(std::io::Error::other("the disk is gone"))]);
    let said = refusal(client.upload_stream("song.mp3", 4, broken).await);
    assert!(said.contains("cannot be read") && said.ends_with("the disk is gone"), "{said}");
    assert_eq!(sandbox.uploaded().len(), 0);
    Ok(())
}

#[tokio::test]
async fn a_refusal_has_the_code_and_the_message_of_the_service() -> Outcome {
    let sandbox = sandbox().start().await?;
    let client = client(sandbox.url(), sandbox.key())?;
    sandbox.answer_upload(Answer::message(400, "the disk is full"));
    let error = client.upload_bytes("song.wav", wav(1)).await.expect_err("it is refused");
    assert!(error.is_refused() && error.is_invalid(), "{error:?}");
    assert_eq!(error.to_string(), "the service refused the request: code 400 (invalid request): the disk is full");
    Ok(())
}

#[tokio::test]
async fn an_answer_without_an_address_is_an_error() -> Outcome {
    let sandbox = sandbox().start().await?;
    let client = client(sandbox.url(), sandbox.key())?;
    for answer in [
        r#"{"code":200}"#,
        r#"{"code":200,"data":{"downloadUrl":null}}"#,
        r#"{"code":200,"data":{"downloadUrl":7}}"#,
        r#"{"code":200,"data":{"downloadUrl":"ftp://files.example.com/song.wav"}}"#,
        r#"{"code":200,"data":{"downloadUrl":"/song.wav"}}"#,
        r#"{"code":200,"data":{"downloadUrl":"https://files example.com/my song.wav"}}"#,
        r#"{"code":200,"data":{"downloadUrl":"https://files.example.com/my\nsong.wav"}}"#,
    ] {
        sandbox.answer_upload(Answer::raw(200, answer));
        let said = refusal(client.upload_bytes("song.wav", wav(1)).await);
        assert!(said.ends_with("it reports success, but does not contain the address of the file"), "{said}");
    }
    sandbox.answer_upload(Answer::raw(302, "moved"));
    let said = refusal(client.upload_bytes("song.wav", wav(1)).await);
    assert!(said.contains("redirected the request"), "{said}");
    Ok(())
}

#[tokio::test]
async fn no_text_shows_the_number_of_the_account_in_the_address() -> Outcome {
    let sandbox = sandbox().start().await?;
    let client = client(sandbox.url(), sandbox.key())?;
    let address = "https://files.example.com/kept/7654321/covers/song.wav";
    sandbox.answer_upload(Answer::raw(200, format!(r#"{{"code":200,"data":{{"downloadUrl":"{address}"}}}}"#)));
    let link = client.upload_bytes("song.wav", wav(1)).await?;
    assert_eq!(link.as_str(), address);
    let request = cover_api::CoverRequest::non_custom()
        .upload_url(&link)
        .without_callback()
        .model(cover_api::Model::V5)
        .prompt("Rain")
        .build()?;
    sandbox.answer_submit(Answer::message(400, format!("cannot load {address} of account 7654321")));
    let error = client.send(&request).await.expect_err("it is refused");
    for text in
        [format!("{link}"), format!("{link:?}"), format!("{request:?}"), format!("{error}"), format!("{error:?}")]
    {
        assert!(!text.contains("7654321"), "{text}");
    }
    Ok(())
}

#[tokio::test]
async fn a_damaged_recording_is_an_error_or_is_taken_as_it_is() -> Outcome {
    // Nothing listens there, so a file that passes the checks is an error as well.
    let client = cover_api::Client::builder("key").base_url("http://127.0.0.1:9").max_attempts(1);
    let client = client.rate_limit(64, std::time::Duration::ZERO).build()?;
    let mut chance = cover_testkit::fixed_chance(7);
    let begun = std::time::Instant::now();
    let whole = [wav(1), mp3(20), variable_mp3(20), flac(1)];
    let magic: [&[u8]; 6] = [
        b"OggS\0\x02",
        b"\0\0\0\x18ftypM4A ",
        b"ID3\x04\0\0\x7f\x7f\x7f\x7f",
        b"fLaC",
        b"RIFF\xff\xff\xff\xffWAVE",
        b"",
    ];
    for round in 0..400 {
        let mut file = match round % 10 {
            kind if kind < 4 => whole[kind].clone(),
            kind => [magic[kind - 4].to_vec(), (0..chance.usize(..2_000)).map(|_| chance.u8(..)).collect()].concat(),
        };
        file.truncate(chance.usize(1..=file.len().max(1)).max(1));
        for _ in 0..chance.usize(..8) {
            let at = chance.usize(..file.len().clamp(1, 100));
            file.iter_mut().skip(at).take(1).for_each(|byte| *byte = chance.u8(..));
        }
        let result = client.upload_bytes("song.mp3", file).await;
        assert!(result.is_err());
    }
    assert!(begun.elapsed() < std::time::Duration::from_secs(60), "{:?}", begun.elapsed());
    Ok(())
}
