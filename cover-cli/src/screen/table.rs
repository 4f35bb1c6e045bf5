//! Tables of texts.

use std::fmt;

/// A table with aligned columns, separated by two spaces.
#[derive(Debug, Default)]
pub(crate) struct Table(Vec<Vec<String>>);

impl Table {
    pub(crate) fn with_head<const N: usize>(names: [&str; N]) -> Self {
        Self(vec![names.map(str::to_owned).to_vec()])
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        // A cell is one line.
        self.0.push(cells.map(|cell| cell.replace(char::is_control, " ")).to_vec());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.0.iter().map(Vec::len).max().unwrap_or_default();
        let width = |column: usize| {
            let cells = self.0.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for (number, row) in self.0.iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}", width = *width));
            f.write_str(cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let mut table = Table::with_head(["KEY", "STATE"]);
        table.row(["ж".to_owned(), "done\nnow".to_owned()]);
        table.row(["order-17".to_owned(), String::new()]);
        assert_eq!(table.to_string(), "KEY       STATE\nж         done now\norder-17");
    }
}
