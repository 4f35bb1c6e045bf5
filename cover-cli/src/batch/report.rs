//! The report: what became of each row, as CSV or one JSON object per line.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use cover_api::runtime::Credits;
use serde_json::{Value, json};

use super::rows::Format;
use crate::exit::{Exit, Failure};

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    NotSent,
    Running,
    Done,
    Failed,
    Refused,
    Unfinished,
    Unknown,
}

/// A line of the report.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) row: usize,
    pub(crate) key: String,
    pub(crate) outcome: Outcome,
    pub(crate) task: Option<String>,
    pub(crate) files: Vec<PathBuf>,
    /// The price, if something was bought or may have been.
    pub(crate) cost: Option<Credits>,
    pub(crate) message: Option<String>,
}

/// Where the report goes.
#[derive(Debug)]
pub(crate) struct Report {
    path: PathBuf,
    format: Format,
}

impl Outcome {
    /// Returns the outcome of a row that ended with this code.
    pub(crate) fn of(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::Done,
            Exit::Failed => Self::Failed,
            Exit::Usage | Exit::Refused => Self::Refused,
            Exit::Unfinished | Exit::Interrupted => Self::Unfinished,
            Exit::Unknown => Self::Unknown,
        }
    }

    /// Returns the exit code that the outcome asks for.
    pub(crate) fn exit(self) -> Exit {
        match self {
            Self::Done => Exit::Done,
            Self::Failed => Exit::Failed,
            Self::Refused | Self::NotSent => Exit::Refused,
            Self::Unfinished | Self::Running => Exit::Unfinished,
            Self::Unknown => Exit::Unknown,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NotSent => "not sent",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Unfinished => "unfinished",
            Self::Unknown => "unknown",
        }
    }
}

impl Line {
    /// Returns the line of a row that was not sent.
    pub(crate) fn not_sent(row: usize, key: String) -> Self {
        Self { row, key, outcome: Outcome::NotSent, task: None, files: Vec::new(), cost: None, message: None }
    }

    /// Returns the members of the line as JSON.
    pub(crate) fn json(&self) -> Value {
        json!({
            "row": self.row, "key": self.key, "outcome": self.outcome.name(), "task": self.task, "files": self.files,
            "cost": self.cost.map(Credits::value), "message": self.message,
        })
    }

    /// Returns the cells of the line. Several files are separated by semicolons.
    fn cells(&self) -> [String; 7] {
        let files: Vec<_> = self.files.iter().map(|file| file.to_string_lossy()).collect();
        [
            self.row.to_string(),
            self.key.clone(),
            self.outcome.name().to_owned(),
            self.task.clone().unwrap_or_default(),
            files.join(";"),
            self.cost.map(|cost| cost.to_string()).unwrap_or_default(),
            self.message.clone().unwrap_or_default(),
        ]
    }
}

impl Report {
    /// Chooses the format by the extension of the path. `table` is the file of the rows, which must not be replaced.
    pub(crate) fn to(path: &Path, table: &Path) -> Result<Self, Failure> {
        let shown = path.display();
        let format = Format::of(path)
            .ok_or_else(|| Failure::usage(format!("--report {shown}: the name must end in .csv or .jsonl")))?;
        let is_same = |one: &Path, other: &Path| matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other);
        if is_same(path, table) {
            return Err(Failure::usage(format!("--report {shown}: this is the table itself; choose another file")));
        }
        Ok(Self { path: path.to_owned(), format })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Replaces the report as a whole, so that it is never cut short.
    pub(crate) fn write(&self, lines: &[Line]) -> Result<(), Failure> {
        let mut part = self.path.as_os_str().to_owned();
        part.push(".part");
        // A link of this name leads to another file.
        fs::remove_file(&part).ok();
        let written = fs::File::create_new(&part)
            .and_then(|file| {
                let mut writer = io::BufWriter::new(file);
                self.put(&mut writer, lines)?;
                writer.flush()
            })
            .and_then(|()| fs::rename(&part, &self.path));
        written.map_err(|error| Failure::usage(format!("--report {}: {error}", self.path.display())))
    }

    fn put(&self, writer: &mut impl Write, lines: &[Line]) -> io::Result<()> {
        match self.format {
            Format::Csv => {
                let mut table = csv::Writer::from_writer(writer);
                table.write_record(["row", "key", "outcome", "task", "files", "cost", "message"])?;
                for line in lines {
                    table.write_record(line.cells())?;
                }
                table.flush()
            }
            Format::Jsonl => lines.iter().try_for_each(|line| writeln!(writer, "{}", line.json())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(name: &str, lines: &[Line]) -> String {
        let folder = std::env::temp_dir().join(format!("cover-report-{}", fastrand::u64(..)));
        fs::create_dir(&folder).unwrap();
        Report::to(&folder.join(name), Path::new("rows.csv")).unwrap().write(lines).unwrap();
        let text = fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "no part is left");
        fs::remove_dir_all(folder).unwrap();
        text
    }

    fn lines() -> [Line; 2] {
        let done = Line {
            outcome: Outcome::Done,
            task: Some("t1".to_owned()),
            files: vec!["/a 1.mp3".into(), "/a 2.mp3".into()],
            cost: Some(Credits::from(12)),
            ..Line::not_sent(2, "a".to_owned())
        };
        [done, Line { message: Some("no, \"credits\"".to_owned()), ..Line::not_sent(3, "b".to_owned()) }]
    }

    #[test]
    fn a_report_is_a_table_or_one_object_per_line() {
        let expected = "row,key,outcome,task,files,cost,message\n2,a,done,t1,/a 1.mp3;/a 2.mp3,12,\n3,b,not sent,,,,\"no, \"\"credits\"\"\"\n";
        assert_eq!(written("report.csv", &lines()), expected);
        let text = written("report.jsonl", &lines());
        let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!((first["files"][1].as_str(), first["cost"].as_f64()), (Some("/a 2.mp3"), Some(12.0)));
        assert_eq!(text.lines().count(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn a_report_is_not_written_through_a_link() {
        let folder = std::env::temp_dir().join(format!("cover-report-{}", fastrand::u64(..)));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("other"), "kept").unwrap();
        std::os::unix::fs::symlink("other", folder.join("report.csv.part")).unwrap();
        Report::to(&folder.join("report.csv"), Path::new("rows.csv")).unwrap().write(&lines()).unwrap();
        assert_eq!(fs::read_to_string(folder.join("other")).unwrap(), "kept");
        assert!(fs::symlink_metadata(folder.join("report.csv")).unwrap().is_file());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_report_does_not_replace_the_table() {
        let table = std::env::temp_dir().join(format!("cover-table-{}.csv", fastrand::u64(..)));
        fs::write(&table, "song\n").unwrap();
        assert!(Report::to(&table, &table).unwrap_err().message.contains("the table itself"));
        assert!(Report::to(Path::new("report.txt"), &table).unwrap_err().message.contains(".csv or .jsonl"));
        fs::remove_file(table).unwrap();
    }
}
