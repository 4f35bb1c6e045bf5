//! Notices a CSV file that ends within quotation marks, which the parser takes for the end of a text.

use std::io::{self, Read};

/// The beginning of files that some spreadsheets write.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads a CSV file, and tracks whether the last byte is between quotation marks.
pub(crate) struct Quotes<R> {
    file: R,
    place: Place,
    /// Number of bytes that were read, up to the length of the mark.
    begun: usize,
}

/// Where the last byte was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before a cell.
    Start,
    /// In a cell without quotation marks, or behind those that it had.
    Plain,
    /// Between quotation marks.
    Quoted,
    /// Behind a quotation mark that ends the text, unless another one follows.
    MaybeEnd,
}

impl<R> Quotes<R> {
    pub(super) fn of(file: R) -> Self {
        Self { file, place: Place::Start, begun: 0 }
    }

    /// Returns whether the file ends between quotation marks. It says so once.
    pub(super) fn take_open(&mut self) -> bool {
        let is_open = self.place == Place::Quoted;
        self.place = Place::Start;
        is_open
    }

    fn pass(&mut self, byte: u8) {
        let is_mark = BYTE_ORDER_MARK.get(self.begun) == Some(&byte);
        self.begun = (self.begun + 1).min(BYTE_ORDER_MARK.len());
        if is_mark && self.place == Place::Start {
            return;
        }
        self.place = match (self.place, byte) {
            (Place::Quoted, b'"') => Place::MaybeEnd,
            (Place::Quoted, _) | (Place::Start | Place::MaybeEnd, b'"') => Place::Quoted,
            (_, b',' | b'\r' | b'\n') => Place::Start,
            _ => Place::Plain,
        };
    }
}

impl<R: Read> Read for Quotes<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        buffer[..count].iter().for_each(|byte| self.pass(*byte));
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_quotation_mark_is_noticed() {
        for (table, is_open) in [
            ("a,b\n1,\"two\"\n", false),
            ("a,b\n1,\"two, \"\"three\"\"\nfour\"", false),
            ("a,b\n1,5\" disk\n", false),
            ("\u{feff}\"a\",b\n", false),
            ("a,b\n1,\"two\n2,three\n", true),
            ("a,b\n1,\"two\"\"\n", true),
            ("\u{feff}\"a,b\n", true),
        ] {
            let mut quotes = Quotes::of(table.as_bytes());
            io::copy(&mut quotes, &mut io::sink()).unwrap();
            assert_eq!(quotes.take_open(), is_open, "{table:?}");
            assert!(!quotes.take_open(), "{table:?}");
        }
    }
}
