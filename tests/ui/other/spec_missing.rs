//! A spec that is not there: the error names the path.

cover_api::api!("ui/specs/nowhere.toml");

fn main() {}
