//! What is checked before a file is sent: its name, its size, and the length of the recording.

use cover_spec::tables::UploadSpec;

use crate::error::{TooLong, UploadFault};
use crate::redact::shown;

/// Longest name of a file, in bytes.
const MAX_NAME: usize = 255;

pub(super) fn name(spec: &UploadSpec, name: &str) -> Result<(), UploadFault> {
    let wrong = match name {
        "" => Some("is empty"),
        name if name.len() > MAX_NAME => Some("is longer than 255 bytes"),
        name if name.chars().any(char::is_control) => Some("has control characters"),
        name if name.contains(['/', '\\']) => Some("has a slash"),
        _ => None,
    };
    if let Some(why) = wrong {
        return Err(UploadFault::Name(why));
    }
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    if spec.types.is_empty() || spec.types.iter().any(|allowed| *allowed == extension) {
        return Ok(());
    }
    Err(UploadFault::Extension { given: shown(&extension), allowed: spec.types.join(", ") })
}

pub(super) fn size(spec: &UploadSpec, length: u64) -> Result<(), UploadFault> {
    match spec.max_bytes.map(u64::from) {
        _ if length == 0 => Err(UploadFault::Empty),
        Some(most) if length > most => Err(UploadFault::TooLarge { length, most }),
        _ => Ok(()),
    }
}

/// Compares the length of a recording with the greatest that a request can have.
pub(super) fn seconds(spec: &UploadSpec, seconds: f64, model: Option<&str>) -> Result<(), UploadFault> {
    let Some(longest) = spec.longest(model) else { return Ok(()) };
    let Some(most) = longest.seconds.filter(|most| seconds > f64::from(*most)) else { return Ok(()) };
    Err(UploadFault::TooLong(TooLong {
        seconds,
        most,
        field: spec.field.as_deref().unwrap_or_default().to_owned(),
        model: longest.model.to_string(),
        dispute: longest.dispute.as_ref().map(ToString::to_string),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UploadCover;
    use crate::service::StaticService;
    use cover_spec::tables::Longest;

    fn spec() -> UploadSpec {
        UploadCover::api().upload.clone().expect("the shipped spec has uploads")
    }

    #[test]
    fn a_name_is_a_text_that_fits_one_line_and_one_folder() {
        let spec = UploadSpec { types: Vec::new().into(), ..spec() };
        for good in ["song.mp3", "Ünïted ☂ \"song\".wav", "no extension", ".hidden", "a..b"] {
            assert_eq!(name(&spec, good), Ok(()), "{good}");
        }
        let long = "a".repeat(256);
        for (bad, why) in [
            ("", "is empty"),
            ("a\nb", "has control characters"),
            ("../song.mp3", "has a slash"),
            ("a\\b.mp3", "has a slash"),
            (&long, "is longer than 255 bytes"),
        ] {
            assert_eq!(name(&spec, bad), Err(UploadFault::Name(why)), "{bad}");
        }
    }

    #[test]
    fn an_extension_is_one_of_the_spec_s_in_any_case() {
        let spec = spec();
        for good in ["song.mp3", "SONG.MP3", "a.tar.wav", ".ogg"] {
            assert_eq!(name(&spec, good), Ok(()), "{good}");
        }
        for (bad, extension) in [("song.txt", "txt"), ("song", ""), ("song.mp3 ", "mp3 "), ("mp3", "")] {
            let allowed = "mp3, wav, m4a, flac, ogg".to_owned();
            assert_eq!(name(&spec, bad), Err(UploadFault::Extension { given: extension.to_owned(), allowed }), "{bad}");
        }
    }

    #[test]
    fn a_file_is_neither_empty_nor_too_large() {
        let spec = UploadSpec { max_bytes: Some(10), ..spec() };
        assert_eq!([1, 10].map(|length| size(&spec, length)), [Ok(()), Ok(())]);
        assert_eq!(size(&spec, 0), Err(UploadFault::Empty));
        assert_eq!(size(&spec, 11), Err(UploadFault::TooLarge { length: 11, most: 10 }));
        assert_eq!(size(&UploadSpec { max_bytes: None, ..spec }, u64::MAX), Ok(()));
    }

    #[test]
    fn a_recording_is_compared_with_the_limit_of_the_model_or_with_the_greatest() {
        let longest = |model: &'static str, seconds| Longest { model: model.into(), seconds, dispute: None };
        let spec = UploadSpec { longest: vec![longest("A", Some(60)), longest("B", Some(120))].into(), ..spec() };
        let most = |seconds, model| match super::seconds(&spec, seconds, model) {
            Err(UploadFault::TooLong(too_long)) => Some((too_long.most, too_long.model)),
            _ => None,
        };
        assert_eq!([60.0, 120.0].map(|length| most(length, None)), [None, None]);
        assert_eq!(most(120.01, None), Some((120, "B".to_owned())));
        assert_eq!(most(60.5, Some("A")), Some((60, "A".to_owned())));
        assert_eq!(most(60.5, Some("new")), None, "the limit of a model that no spec has is not known");
        let unlimited = UploadSpec { longest: vec![longest("A", Some(60)), longest("B", None)].into(), ..spec.clone() };
        assert_eq!(super::seconds(&unlimited, 1e6, None), Ok(()));
        assert!(super::seconds(&unlimited, 1e6, Some("A")).is_err());
    }
}
