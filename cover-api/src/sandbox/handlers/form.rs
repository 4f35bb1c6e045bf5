//! Multipart bodies, as the sandbox reads them.

use axum::body::Bytes;

/// A part of a form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) name: String,
    /// The name of the file, if the part is one.
    pub(super) file: Option<String>,
    pub(super) content: Bytes,
}

/// Reads the parts of a form. The error says what is wrong with it.
pub(super) fn parts(content_type: &str, body: &Bytes) -> Result<Vec<Part>, &'static str> {
    let is_form =
        content_type.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("multipart/form-data"));
    let boundary = parameter(content_type, "boundary").filter(|boundary| is_form && !boundary.is_empty());
    let boundary = boundary.ok_or("the body is not multipart/form-data")?;
    let (first, between) = (format!("--{boundary}"), format!("\r\n--{boundary}"));
    let mut rest =
        body.slice_ref(body.strip_prefix(first.as_bytes()).ok_or("the form does not begin with its boundary")?);
    let mut parts = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        let after = rest.strip_prefix(b"\r\n").ok_or("a boundary is not followed by a part or the end")?;
        let head = find(after, b"\r\n\r\n").ok_or("a part has no content")?;
        let end = find(&after[head..], between.as_bytes()).ok_or("the form is cut short")? + head;
        parts.push(part(&after[..head], body.slice_ref(after.get(head + 4..end).unwrap_or_default()))?);
        rest = body.slice_ref(&after[end + between.len()..]);
    }
}

fn part(head: &[u8], content: Bytes) -> Result<Part, &'static str> {
    let head = std::str::from_utf8(head).map_err(|_| "the head of a part is not UTF-8")?;
    let mut headers = head.split("\r\n").filter_map(|line| line.split_once(':'));
    let disposition = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-disposition"));
    let disposition = disposition.map(|(_, value)| value.trim()).filter(|value| value.starts_with("form-data"));
    let name = disposition.and_then(|value| parameter(value, "name")).ok_or("a part has no name")?;
    let file = disposition.and_then(|value| parameter(value, "filename"));
    Ok(Part { name, file, content })
}

/// Returns a parameter of a header's value, with the escapes that browsers and other clients write.
fn parameter(value: &str, wanted: &str) -> Option<String> {
    let (_, mut rest) = value.split_once(';')?;
    loop {
        let (name, after) = rest.split_once('=')?;
        let (text, after) = if let Some(quoted) = after.strip_prefix('"') {
            quoted_text(quoted)?
        } else {
            let (text, after) = after.split_once(';').unwrap_or((after, ""));
            (text.trim_end().to_owned(), after)
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(text.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"));
        }
        rest = after.trim_start_matches([' ', '\t', ';']);
    }
}

/// Reads a text up to its closing quote. Returns what follows, too.
fn quoted_text(quoted: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((text, &quoted[at + 1..])),
            // Before other letters, such as those of a path, it stands for itself.
            '\\' if quoted[at + 1..].starts_with(['"', '\\']) => text.extend(letters.next().map(|(_, letter)| letter)),
            letter => text.push(letter),
        }
    }
    None
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    // Few positions begin like a boundary, so most are dismissed by their first byte.
    let first = *wanted.first()?;
    (0..text.len()).find(|at| text[*at] == first && text[*at..].starts_with(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "--b\r\nContent-Disposition: form-data; name=\"folder\"\r\n\r\nsongs\r\n\
        --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a %22b%22.mp3\"\r\nContent-Type: audio/mpeg\r\n\r\n\
        so\r\n\r\n--ng\r\n--b--\r\n";

    fn read(kind: &str, body: &str) -> Result<Vec<Part>, &'static str> {
        parts(kind, &Bytes::from(body.to_owned()))
    }

    #[test]
    fn a_form_has_its_parts_in_order() {
        let part = |name: &str, file: Option<&str>, content: &'static str| Part {
            name: name.to_owned(),
            file: file.map(str::to_owned),
            content: content.into(),
        };
        let expected = [part("folder", None, "songs"), part("file", Some("a \"b\".mp3"), "so\r\n\r\n--ng")];
        for kind in ["multipart/form-data; boundary=b", "multipart/form-data; boundary=\"b\""] {
            assert_eq!(read(kind, FORM).as_deref(), Ok(&expected[..]));
        }
    }

    #[test]
    fn the_name_of_a_file_may_have_any_characters() {
        for (written, name) in [
            (r#""a;b.mp3""#, "a;b.mp3"),
            (r#""a\"b\\.mp3""#, r#"a"b\.mp3"#),
            (r#""C:\songs\a.mp3""#, r"C:\songs\a.mp3"),
            (r#""x; name=y=z.mp3""#, "x; name=y=z.mp3"),
            ("a.mp3", "a.mp3"),
            (r#""""#, ""),
        ] {
            for disposition in [format!("name=\"file\"; filename={written}"), format!("filename={written} ;name=file")]
            {
                let form = format!("--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\nsong\r\n--b--\r\n");
                let read =
                    read("Multipart/Form-Data; charset=utf-8; boundary=b", &form).map(|mut parts| parts.remove(0));
                let expected = Part { name: "file".to_owned(), file: Some(name.to_owned()), content: "song".into() };
                assert_eq!(read, Ok(expected), "{disposition}");
            }
        }
        let open = "--b\r\nContent-Disposition: form-data; name=\"file\r\n\r\nsong\r\n--b--\r\n";
        assert_eq!(read("multipart/form-data; boundary=b", open), Err("a part has no name"));
    }

    #[test]
    fn every_cut_form_is_refused() {
        for end in (0..FORM.len() - 4).filter(|end| FORM.is_char_boundary(*end)) {
            assert!(read("multipart/form-data; boundary=b", &FORM[..end]).is_err(), "{end}");
        }
        assert_eq!(read("application/json", "{}"), Err("the body is not multipart/form-data"));
        assert_eq!(read("multipart/form-data; boundary=", "--"), Err("the body is not multipart/form-data"));
    }
}
