use super::place::Span;

/// The file of a spec, and those of its bases, from near to far. A place counts through the texts of all of them.
#[derive(Debug, Clone, Default)]
pub struct Files(Vec<File>);

/// One file of a spec.
#[derive(Debug, Clone)]
pub struct File {
    /// The path under which faults are reported. That of a base is made from the path of the file that names it.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// Whether `cover-spec` ships the file.
    pub is_shipped: bool,
    /// The place of its first byte.
    start: usize,
}

impl Files {
    /// Adds a file, and returns the place of its first byte.
    pub(crate) fn add(&mut self, path: String, text: &str, is_shipped: bool) -> usize {
        let start = self.end();
        self.0.push(File { path, text: text.to_owned(), is_shipped, start });
        start
    }

    /// Returns the place after the last file. The end of a file is not the start of the next one.
    fn end(&self) -> usize {
        self.0.last().map_or(0, |last| last.start + last.text.len() + 1)
    }

    /// Returns the files, from the spec's own to the farthest base.
    pub fn iter(&self) -> std::slice::Iter<'_, File> {
        self.0.iter()
    }

    /// Returns the path of the file that has a place, and the line, counted from 1.
    #[must_use]
    pub fn line(&self, place: Span) -> Option<(&str, usize)> {
        let file = self.file(place)?;
        let before = file.text.bytes().take(place.start() - file.start);
        Some((&file.path, 1 + before.filter(|byte| *byte == b'\n').count()))
    }

    /// Returns the file of a place.
    fn file(&self, place: Span) -> Option<&File> {
        self.0.iter().rfind(|file| file.start <= place.start())
    }

    /// Whether cover-spec ships the file of a place.
    pub(crate) fn is_shipped(&self, place: Span) -> bool {
        self.file(place).is_some_and(|file| file.is_shipped)
    }

    /// Whether a place is in a base.
    pub(crate) fn is_in_base(&self, place: Span) -> bool {
        self.0.get(1).is_some_and(|base| base.start <= place.start())
    }
}

impl<'a> IntoIterator for &'a Files {
    type Item = &'a File;
    type IntoIter = std::slice::Iter<'a, File>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
