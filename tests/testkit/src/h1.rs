//! An HTTP/1.1 server written by hand, so that it can misbehave.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::sleep;

use crate::fault::Fault;
use crate::server::{Seen, drain, fine};

/// Reads as much of a POST as the fault says, and answers as it says.
pub(crate) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    fault: Fault,
    seen: &Seen,
    mut chance: fastrand::Rng,
) -> io::Result<S> {
    if fault == Fault::PartThenEnd {
        // Less than the head alone.
        let mut part = vec![0; chance.usize(1..100)];
        stream.read_exact(&mut part).await?;
        return Ok(stream);
    }
    seen.post(&body(&mut stream).await?);
    let answer = match fault {
        Fault::AllThenSilence => {
            drain(&mut stream).await?;
            return Ok(stream);
        }
        Fault::CutShort => {
            let body = fine();
            let whole = answer("200 OK", "", &body);
            whole[..chance.usize(1..whole.len() - body.len() + 20)].to_owned()
        }
        Fault::Page => {
            answer(["502 Bad Gateway", "500 Oops", "504 Late"][chance.usize(0..3)], "", "<html>proxy</html>")
        }
        Fault::Throttled => answer("429 Too Many Requests", "retry-after: 0\r\n", "<html>slow down</html>"),
        Fault::Redirect => answer(["307 Do", "308 Do"][chance.usize(0..2)], "location: http://127.0.0.1:1/\r\n", ""),
        Fault::SeeOther => {
            let status = ["301 Moved", "302 Found", "303 See Other"][chance.usize(0..3)];
            answer(status, "location: http://127.0.0.1:1/\r\n", "")
        }
        Fault::Refused => answer("200 OK", "", r#"{"code":400,"msg":"invalid","data":null}"#),
        Fault::ServerError => answer("200 OK", "", r#"{"code":500,"msg":"oops","data":null}"#),
        Fault::OtherCode => answer("200 OK", "", r#"{"code":599,"msg":"?"}"#),
        Fault::NoTask => answer("200 OK", "", r#"{"code":200,"msg":"success","data":{}}"#),
        Fault::Late | Fault::Fine | Fault::TlsFine => answer("200 OK", "", &fine()),
        _ => return Ok(stream),
    };
    if fault == Fault::Late {
        sleep(Duration::from_millis(chance.u64(50..150))).await;
    }
    stream.write_all(answer.as_bytes()).await?;
    stream.flush().await?;
    stream.shutdown().await?;
    Ok(stream)
}

/// Reads the body of the next request.
async fn body(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    let (start, length) = loop {
        let head = bytes.windows(4).position(|end| end == b"\r\n\r\n");
        if let Some(end) = head {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length =
                head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
            break (end + 4, length.ok_or(io::ErrorKind::InvalidData)?);
        }
        bytes.extend_from_slice(some(stream, &mut chunk).await?);
    };
    while bytes.len() < start + length {
        bytes.extend_from_slice(some(stream, &mut chunk).await?);
    }
    Ok(bytes.split_off(start))
}

async fn some<'a>(stream: &mut (impl AsyncRead + Unpin), chunk: &'a mut [u8]) -> io::Result<&'a [u8]> {
    match stream.read(chunk).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        length => Ok(&chunk[..length]),
    }
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}
