//! An HTTP/2 server written by hand: as much of RFC 9113 as one POST needs.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::fault::Fault;
use crate::server::{Seen, drain, fine};

const PREFACE: usize = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".len();

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;

const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;

const REFUSED_STREAM: u32 = 7;
const INTERNAL_ERROR: u32 = 2;

struct Frame {
    kind: u8,
    flags: u8,
    stream: u32,
    payload: Vec<u8>,
}

/// Reads as much of a POST as the fault says, and answers as it says.
pub(crate) async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    fault: Fault,
    seen: &Seen,
) -> io::Result<()> {
    stream.read_exact(&mut [0; PREFACE]).await?;
    write(&mut stream, SETTINGS, 0, 0, &[]).await?;
    let mut body = Vec::new();
    let post = loop {
        let frame = read(&mut stream).await?;
        match frame.kind {
            SETTINGS if frame.flags & ACK == 0 => write(&mut stream, SETTINGS, ACK, 0, &[]).await?,
            HEADERS if fault == Fault::H2Refused => {
                write(&mut stream, RST_STREAM, 0, frame.stream, &REFUSED_STREAM.to_be_bytes()).await?;
                return drain(&mut stream).await;
            }
            HEADERS if fault == Fault::H2GoAwayBefore => {
                go_away(&mut stream, 0).await?;
                // Closing at once could reset the connection before the client has read the frame.
                return drain(&mut stream).await;
            }
            DATA => {
                body.extend_from_slice(&frame.payload);
                if frame.flags & END_STREAM != 0 {
                    break frame.stream;
                }
            }
            _ => {}
        }
    };
    seen.post(&body);
    match fault {
        Fault::H2GoAwayAfter => go_away(&mut stream, post).await,
        Fault::H2Reset => {
            write(&mut stream, RST_STREAM, 0, post, &INTERNAL_ERROR.to_be_bytes()).await?;
            drain(&mut stream).await
        }
        Fault::H2Close => Ok(()),
        _ => {
            // `:status: 200` is entry 8 of the static table.
            write(&mut stream, HEADERS, END_HEADERS, post, &[0x88]).await?;
            write(&mut stream, DATA, END_STREAM, post, fine().as_bytes()).await?;
            drain(&mut stream).await
        }
    }
}

async fn go_away(stream: &mut (impl AsyncWrite + Unpin), last: u32) -> io::Result<()> {
    let payload = [last.to_be_bytes(), 0_u32.to_be_bytes()].concat();
    write(stream, GOAWAY, 0, 0, &payload).await
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Frame> {
    let mut head = [0; 9];
    stream.read_exact(&mut head).await?;
    let [length @ .., kind, flags, _, _, _, _] = head;
    let length = length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
    let stream_id = head[5..].iter().fold(0, |id, byte| id << 8 | u32::from(*byte)) & 0x7fff_ffff;
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload).await?;
    Ok(Frame { kind, flags, stream: stream_id, payload })
}

async fn write(stream: &mut (impl AsyncWrite + Unpin), kind: u8, flags: u8, of: u32, payload: &[u8]) -> io::Result<()> {
    let length = u32::try_from(payload.len()).map_err(io::Error::other)?.to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend_from_slice(&of.to_be_bytes());
    frame.extend_from_slice(payload);
    stream.write_all(&frame).await?;
    stream.flush().await
}
