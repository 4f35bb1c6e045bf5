//! The columns of a table: options of a purchase, and fields of its request.

use crate::exit::Failure;
use crate::operation::{Operation, flag_name};

/// What a column gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Column {
    Key,
    Song,
    Mode,
    Output,
    Name,
    /// The field with this index.
    Field(usize),
}

const OWN: [(&str, Column); 5] = [
    ("key", Column::Key),
    ("song", Column::Song),
    ("mode", Column::Mode),
    ("output", Column::Output),
    ("name", Column::Name),
];

/// Returns the column with this name: the name of a flag, or the JSON name of a field.
pub(super) fn column(operation: &Operation, name: &str) -> Result<Column, Failure> {
    let known = known(operation);
    let found = known.iter().find(|(known, _)| known == name).map(|(_, column)| *column);
    found.ok_or_else(|| {
        let names = known.iter().map(|(known, _)| known.as_str());
        let nearest = cover_spec::nearest(name, names).map(|name| format!("; did you mean `{name}`?"));
        Failure::usage(format!("there is no column `{name}`{}", nearest.unwrap_or_default()))
    })
}

/// Returns the names that columns may have. If a field has the JSON name of an option, its column has the name of its flag.
fn known(operation: &Operation) -> Vec<(String, Column)> {
    let takes_song = operation.song_field().is_some();
    let own = OWN.into_iter().filter(|(_, column)| *column != Column::Song || takes_song);
    let mut known: Vec<(String, Column)> = own.map(|(name, column)| (name.to_owned(), column)).collect();
    let fields = operation.rules.fields.iter().enumerate().filter(|(_, field)| field.constant.is_none());
    for (index, field) in fields {
        known.push((flag_name(&field.rust), Column::Field(index)));
        known.push((field.wire.to_string(), Column::Field(index)));
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Catalog;

    #[test]
    fn a_column_is_an_option_a_flag_or_a_field() {
        let main = Catalog::Shipped.main().unwrap();
        let field = |wire: &str| Column::Field(main.rules.fields.iter().position(|field| field.wire == wire).unwrap());
        assert_eq!(column(&main, "song").unwrap(), Column::Song);
        assert_eq!(column(&main, "vocal-gender").unwrap(), field("vocalGender"));
        assert_eq!(column(&main, "vocalGender").unwrap(), field("vocalGender"));
        assert_eq!(column(&main, "tittle").unwrap_err().message, "there is no column `tittle`; did you mean `title`?");
    }

    #[test]
    fn an_operation_without_uploads_has_no_songs_and_a_field_called_name_keeps_its_flag() {
        let persona = Catalog::Shipped.named("persona").unwrap();
        assert!(column(&persona, "song").is_err());
        assert_eq!(column(&persona, "name").unwrap(), Column::Name);
        assert!(matches!(column(&persona, "field-name").unwrap(), Column::Field(_)));
    }
}
