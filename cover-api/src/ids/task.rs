//! Ids of tasks in addresses.

/// Puts an id in the place of `{task}` in a path. It stays within one segment.
///
/// The segments `.` and `..` are errors, even as `%2e`, since URL parsers resolve them.
pub(crate) fn in_path(path: &str, id: &str) -> Result<String, &'static str> {
    let Some((before, after)) = path.split_once("{task}") else { return Ok(path.to_owned()) };
    let start = before.rfind('/').map_or(0, |slash| slash + 1);
    let end = after.find('/').unwrap_or(after.len());
    let segment = format!("{}{id}{}", &before[start..], &after[..end]);
    if matches!(&*segment.to_ascii_lowercase().replace("%2e", "."), "." | "..") {
        return Err("would be a step in the path of an address");
    }
    let encoded: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    Ok(format!("{before}{}{after}", encoded.replace('+', "%20")))
}
