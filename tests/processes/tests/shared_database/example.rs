//! The example `machines`, as a user runs it.

use std::process::Command;

use cover_testkit::Outcome;
use cover_testkit::postgres::Postgres;

#[test]
fn three_workers_of_which_one_is_killed_buy_sixty_covers_once() -> Outcome {
    // The example starts a server of its own. This says that the test is skipped if it cannot.
    let Some(_) = Postgres::shared()? else { return Ok(()) };
    let output = Command::new(env!("CARGO_BIN_EXE_machines")).output()?;
    let said = String::from_utf8(output.stdout)?;
    println!("{said}");
    assert!(output.status.success(), "{}{said}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains(" is killed\n"), "{said}");
    assert!(said.contains(": unknown, the process that sent it has ended"), "{said}");
    assert!(said.ends_with("60 keys, 60 tasks, none twice\n"), "{said}");
    Ok(())
}
