//! Ids of tasks, and other values, in the paths of addresses.

/// Puts a value in the place of a placeholder, such as `{task}`, in a path. It stays within one segment.
///
/// The segments `.` and `..` are errors, even as `%2e`, since URL parsers resolve them. So is an empty segment.
pub(crate) fn in_path(path: &str, placeholder: &str, value: &str) -> Result<String, &'static str> {
    let Some((before, after)) = path.split_once(placeholder) else { return Ok(path.to_owned()) };
    let start = before.rfind('/').map_or(0, |slash| slash + 1);
    let end = after.find('/').unwrap_or(after.len());
    let segment = format!("{}{value}{}", &before[start..], &after[..end]);
    match &*segment.to_ascii_lowercase().replace("%2e", ".") {
        "" => return Err("would leave a part of the path empty"),
        "." | ".." => return Err("would be a step in the path of an address"),
        _ => {}
    }
    let encoded: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    Ok(format!("{before}{}{after}", encoded.replace('+', "%20")))
}
