//! The texts of failed downloads.

use super::*;

pub(super) fn download_faults() -> Vec<(Failure, &'static str)> {
    use crate::error::FileFault;
    use DownloadFault as Fault;

    let file = |fault| Fault::File { path: "/a/x.mp3".to_owned(), fault };
    let failure =
        |fault| Failure::new(Kind::Download(BadDownload { host: "a.example".to_owned(), done: 0, total: None, fault }));
    texts!(Fault, failure;
        Fault::NotAnAddress => [Fault::NotAnAddress, "the link is not a URL"];
        Fault::Scheme(_) => [Fault::Scheme("ftp".to_owned()), "the scheme must be https or http, not `ftp`"];
        Fault::UserInfo => [Fault::UserInfo, "the address must not contain a user name or a password"];
        Fault::Private(_) => [
            Fault::Private("10.0.0.1".to_owned()),
            "`10.0.0.1` is not a public address, and downloads reach only public addresses without \
             `ClientBuilder::allow_private_downloads`"
        ];
        Fault::OtherLoopback => [
            Fault::OtherLoopback,
            "a redirect leads to this machine, where only the origin of the base address may be reached without \
             `ClientBuilder::allow_private_downloads`"
        ];
        Fault::PlainRedirect => [
            Fault::PlainRedirect,
            "a redirect leads to plain http, which is not followed without `ClientBuilder::allow_plain_http`"
        ];
        Fault::TooManyRedirects(_) => [Fault::TooManyRedirects(5), "more than 5 redirects"];
        Fault::NoLocation(_) => [Fault::NoLocation(302), "HTTP status 302 without a usable `Location`"];
        Fault::NoAnswer => [Fault::NoAnswer, "no answer came"];
        Fault::Status(_) => [Fault::Status(404), "HTTP status 404"];
        Fault::Encoded(_) => [
            Fault::Encoded("gzip".to_owned()),
            "the body is encoded as `gzip`, and only `identity` was accepted"
        ];
        Fault::NoEnd => [
            Fault::NoEnd,
            "the answer has no length, so a truncated file could not be distinguished from a complete one"
        ];
        Fault::BadLength => [Fault::BadLength, "the length in the answer is not a number"];
        Fault::TooLarge { .. } => [
            Fault::TooLarge { limit: 9, length: Some(10) },
            "the file has 10 bytes, and the limit is 9"
        ], [
            Fault::TooLarge { limit: 9, length: None },
            "the file has more bytes than the limit of 9"
        ];
        Fault::MoreThanSaid(_) => [Fault::MoreThanSaid(9), "the body is longer than the 9 bytes that the answer announced"];
        Fault::NoValidator => [
            Fault::NoValidator,
            "the connection broke, and the server gave neither a strong ETag nor a Last-Modified date to resume by"
        ];
        Fault::Resumed(_) => [Fault::Resumed(5), "the connection broke, and 5 resumptions did not get the rest"];
        Fault::Changed => [
            Fault::Changed,
            "the connection broke, and the server no longer has the same file; the bytes that were already written cannot be replaced"
        ];
        Fault::WrongRange { .. } => [
            Fault::WrongRange { from: 9 },
            "the connection broke, and the server did not send the bytes from 9 on"
        ];
        Fault::Writer => [Fault::Writer, "the writer returned an error"];
        Fault::File { .. } => [
            file(FileFault::NoName),
            "`/a/x.mp3` has no file name"
        ], [
            file(FileFault::Folder),
            "`/a/x.mp3` is a folder; give the path of a file in it"
        ], [
            file(FileFault::Exists),
            "`/a/x.mp3` exists, and only `FileDownload::overwrite` replaces it"
        ], [
            file(FileFault::InUse),
            "another download is writing to `/a/x.mp3`"
        ], [
            file(FileFault::PartNotAFile),
            "`/a/x.mp3.part` and `/a/x.mp3.part.resume` must be files, or not exist; remove what is there"
        ], [
            file(FileFault::Failed),
            "`/a/x.mp3` could not be written"
        ];
        Fault::Timeout(_) => [Fault::Timeout(SECOND), "it was not complete after 1s"];
    )
}
