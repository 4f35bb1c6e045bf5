# The commands that people need: `just` lists them. Each is also written out in CONTRIBUTING.md.

[private]
default:
    @just --list --unsorted

# Makes a cover in a sandbox on this machine
quickstart:
    cargo run --example quickstart

# Checks that the workspace compiles, with every feature
check:
    cargo check --workspace --all-targets --all-features

# Runs every test, or those that the arguments of `cargo test` select
test *arguments:
    ./test {{ arguments }}

# Runs clippy and checks the formatting
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --all-features -- -D warnings

# Builds the documentation, as docs.rs does
docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --all-features --no-deps

# Writes the pages of the shipped operations
pages:
    cargo run -p cover-spec --features cli -- export spec/upload_cover.toml spec/sunoapi/*.toml --to markdown --folder docs/operations

# Runs everything that must pass before a change lands
ci:
    .ci/run

# Runs the long forms of tests, or the parts that are named
long *parts:
    .ci/long {{ parts }}

# Runs the checks that need further tools, or the parts that are named
tools *parts:
    .ci/tools {{ parts }}
