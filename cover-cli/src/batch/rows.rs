//! Reads the rows of a table one after the other: CSV with a head, or one JSON object per line.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use serde_json::{Map, Value};

use super::quotes::Quotes;
use crate::exit::Failure;

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// A row of names, and then the others.
    Csv,
    /// One JSON object per line.
    Jsonl,
}

/// The rows of a table.
pub(crate) enum Rows {
    Csv { names: Vec<String>, records: csv::StringRecordsIntoIter<Quotes<File>>, number: usize },
    Jsonl { lines: io::Lines<BufReader<File>>, number: usize },
}

/// A row, with its number as a spreadsheet or an editor shows it.
#[derive(Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) number: usize,
    pub(crate) cells: Vec<(String, Cell)>,
}

/// What a row gives for a column. Empty cells are left out.
#[derive(Debug, PartialEq)]
pub(crate) enum Cell {
    Text(String),
    Json(Value),
}

/// A row that cannot be read.
#[derive(Debug, PartialEq)]
pub(crate) struct Unreadable {
    pub(crate) number: usize,
    pub(crate) why: String,
}

impl Format {
    /// Returns the format with this name, which is also the extension of its files.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            _ => None,
        }
    }

    /// Returns the format of a file by its extension.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        path.extension().and_then(|extension| Self::named(&extension.to_string_lossy()))
    }
}

impl Rows {
    /// Opens a table, and reads the head of a CSV file.
    pub(crate) fn open(path: &Path, format: Format) -> Result<Self, Failure> {
        let failed = |why: String| Failure::usage(format!("{}: {why}", path.display()));
        let file = File::open(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => failed("there is no such file".to_owned()),
            _ => failed(error.to_string()),
        })?;
        if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
            return Err(failed("this is a folder; give a file".to_owned()));
        }
        if format == Format::Jsonl {
            return Ok(Self::Jsonl { lines: BufReader::new(file).lines(), number: 0 });
        }
        let mut reader = csv::Reader::from_reader(Quotes::of(file));
        let names = reader.headers().map_err(|error| failed(why(&error)))?;
        let names: Vec<String> = names.iter().map(|name| name.trim_matches(['\u{feff}', ' ']).to_owned()).collect();
        if names.is_empty() {
            return Err(failed("the file is empty; its first row has the names of the columns".to_owned()));
        }
        Ok(Self::Csv { names, records: reader.into_records(), number: 1 })
    }

    /// Returns the names of the columns, if the table has a head.
    pub(crate) fn head(&self) -> &[String] {
        match self {
            Self::Csv { names, .. } => names,
            Self::Jsonl { .. } => &[],
        }
    }
}

impl Iterator for Rows {
    type Item = Result<Row, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let row = match self {
                Self::Csv { names, records, number } => {
                    let Some(next) = records.next() else { return unclosed(records, *number) };
                    *number += 1;
                    record(names, next, *number)
                }
                Self::Jsonl { lines, number } => {
                    *number += 1;
                    object(lines.next()?, *number)
                }
            };
            // Spreadsheets leave empty rows behind.
            if !row.as_ref().is_ok_and(|row| row.cells.is_empty()) {
                return Some(row);
            }
        }
    }
}

/// Returns the fault of a table that ends within quotation marks. What follows the mark is one text then, and not rows.
fn unclosed(records: &mut csv::StringRecordsIntoIter<Quotes<File>>, number: usize) -> Option<Result<Row, Unreadable>> {
    let why = "a quotation mark is opened here and never closed".to_owned();
    records.reader_mut().get_mut().take_open().then_some(Err(Unreadable { number, why }))
}

fn record(names: &[String], record: csv::Result<csv::StringRecord>, number: usize) -> Result<Row, Unreadable> {
    let record = record.map_err(|error| Unreadable { number, why: why(&error) })?;
    let cells = names.iter().zip(&record).filter(|(_, text)| !text.trim().is_empty());
    Ok(Row { number, cells: cells.map(|(name, text)| (name.clone(), Cell::Text(text.to_owned()))).collect() })
}

fn object(line: io::Result<String>, number: usize) -> Result<Row, Unreadable> {
    let unreadable = |why: String| Unreadable { number, why };
    let line = line.map_err(|error| unreadable(error.to_string()))?;
    let line = line.trim_start_matches('\u{feff}').trim();
    if line.is_empty() {
        return Ok(Row { number, cells: Vec::new() });
    }
    let object: Map<String, Value> =
        serde_json::from_str(line).map_err(|error| unreadable(format!("not a JSON object: {error}")))?;
    let cells = object.into_iter().filter(|(_, value)| !value.is_null());
    Ok(Row { number, cells: cells.map(|(name, value)| (name, Cell::Json(value))).collect() })
}

fn why(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} cells, but the first row has {expected_len}; text with a comma needs quotation marks")
        }
        csv::ErrorKind::Utf8 { .. } => "the text is not UTF-8".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(format: Format, text: &[u8]) -> Vec<Result<Row, Unreadable>> {
        let path = std::env::temp_dir().join(format!("cover-rows-{}", fastrand::u64(..)));
        std::fs::write(&path, text).unwrap();
        let rows = Rows::open(&path, format).unwrap().collect();
        std::fs::remove_file(path).unwrap();
        rows
    }

    fn row(number: usize, cells: &[(&str, &str)]) -> Row {
        let cells = cells.iter().map(|(name, text)| ((*name).to_owned(), Cell::Text((*text).to_owned())));
        Row { number, cells: cells.collect() }
    }

    #[test]
    fn rows_have_the_numbers_of_a_spreadsheet_and_empty_cells_are_left_out() {
        let text = "\u{feff}song,title\r\na.mp3,\"Night, Drive\"\r\n,\r\nb.mp3,\r\n";
        let expected = [row(2, &[("song", "a.mp3"), ("title", "Night, Drive")]), row(4, &[("song", "b.mp3")])].map(Ok);
        assert_eq!(rows(Format::Csv, text.as_bytes()), expected);
    }

    #[test]
    fn a_row_that_cannot_be_read_does_not_hide_the_next() {
        let read = rows(Format::Csv, b"song,title\na,b,c\n\xff,x\nd,e\n");
        let why = |index: usize| read[index].as_ref().unwrap_err().why.as_str();
        assert_eq!(why(0), "3 cells, but the first row has 2; text with a comma needs quotation marks");
        assert_eq!(why(1), "the text is not UTF-8");
        assert_eq!(read[2], Ok(row(4, &[("song", "d"), ("title", "e")])));
    }

    #[test]
    fn each_line_of_jsonl_is_an_object() {
        let read = rows(Format::Jsonl, b"{\"weight\":0.5,\"title\":null}\n\n[]\n");
        let cells = vec![("weight".to_owned(), Cell::Json(Value::from(0.5)))];
        assert_eq!(read[0], Ok(Row { number: 1, cells }));
        assert_eq!((read.len(), read[1].as_ref().unwrap_err().number), (2, 3));
    }
}
