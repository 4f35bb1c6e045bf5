use std::fs;

use super::*;

/// The text of the error of opening this.
async fn refusal(path: &Path) -> String {
    let error = open_with(path, impatient()).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains(path.file_name().unwrap().to_str().unwrap()), "{text}");
    text
}

fn impatient() -> Settings {
    Settings { patience: Duration::from_millis(50), ..Settings::default() }
}

/// Creates a ledger of some hundred entries, and closes it.
async fn filled(path: &Path) {
    let ledger = open(path).await;
    for key in 0..500 {
        drop(insert(&ledger, &format!("key {key}")));
    }
}

#[tokio::test]
async fn a_new_ledger_leaves_nothing_else_behind() {
    let (directory, path) = place();
    let ledger = open(&path).await;
    insert(&ledger, "key").await.unwrap();
    let all = names(directory.path());
    assert_eq!(all.len(), 4, "{all:?}");
    assert!(all[1].starts_with("covers.db-holder-"), "{all:?}");
    assert_eq!([&all[0], &all[2], &all[3]], ["covers.db", "covers.db-shm", "covers.db-wal"]);
    drop(ledger);
    assert_eq!(names(directory.path()), ["covers.db"]);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;

    let (directory, path) = place();
    let ledger = open(&path).await;
    insert(&ledger, "key").await.unwrap();
    for name in names(directory.path()) {
        let mode = fs::metadata(directory.path().join(&name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_relative_path_is_fine() {
    // The tests of one process share its working directory, so that this one does not change it.
    let directory = tempfile::tempdir_in(".").unwrap();
    let path = Path::new(directory.path().file_name().unwrap()).join("covers.db");
    insert(&open(&path).await, "key").await.unwrap();
    assert!(has(&open(&path).await, "key").await);
}

#[tokio::test]
async fn a_directory_must_exist() {
    let (directory, _) = place();
    let text = refusal(&directory.path().join("missing").join("covers.db")).await;
    assert!(text.contains("its directory does not exist") && text.contains("missing"), "{text}");
    assert!(refusal(directory.path()).await.contains("it is a directory"));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_read_only_directory_is_refused() {
    let text = refusal(Path::new("/proc/covers.db")).await;
    assert!(text.contains("it cannot be created"), "{text}");
}

#[tokio::test]
async fn an_empty_file_is_not_a_new_ledger() {
    let (directory, path) = place();
    fs::write(&path, "").unwrap();
    let text = refusal(&path).await;
    assert!(text.contains("empty file") && text.contains("delete it"), "{text}");
    assert_eq!(names(directory.path()), ["covers.db"]);
    assert_eq!(fs::metadata(&path).unwrap().len(), 0);
}

#[tokio::test]
async fn other_files_are_refused_and_unchanged() {
    let (directory, path) = place();
    for garbage in [b"hello".to_vec(), b"hello ".repeat(10_000), vec![0; 8_192], b"SQLite format 3\0".to_vec()] {
        fs::write(&path, &garbage).unwrap();
        let text = refusal(&path).await;
        assert!(text.contains("is not a ledger"), "{text}");
        assert_eq!(fs::read(&path).unwrap(), garbage);
    }
    fs::remove_file(&path).unwrap();
    sql(&path, "CREATE TABLE songs (title TEXT); INSERT INTO songs VALUES ('Night Drive')");
    let before = fs::read(&path).unwrap();
    let text = refusal(&path).await;
    assert!(text.contains("without the tables of a ledger"), "{text}");
    assert_eq!(fs::read(&path).unwrap(), before);
    sql(&path, "CREATE TABLE ledger_meta (other TEXT)");
    assert!(refusal(&path).await.contains("is not a ledger"));
    assert_eq!(names(directory.path()), ["covers.db"]);
}

#[tokio::test]
async fn a_ledger_without_one_of_its_tables_is_refused() {
    let (_directory, path) = place();
    filled(&path).await;
    sql(&path, "DROP TABLE attempts");
    assert!(refusal(&path).await.contains("not those of a ledger"));
}

#[tokio::test]
async fn a_truncated_file_is_refused() {
    let (directory, path) = place();
    filled(&path).await;
    let whole = fs::read(&path).unwrap();
    for length in [0, 1, 99, 100, 512, 4_096, 8_192, 10_000, whole.len() / 2, whole.len() - 4_096, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        let text = refusal(&path).await;
        assert!(text.contains("is not a ledger, or is damaged"), "{length}: {text}");
        assert_eq!(names(directory.path()), ["covers.db"], "{length}");
    }
    fs::write(&path, &whole).unwrap();
    assert!(has(&open(&path).await, "key 499").await);
}

#[tokio::test]
async fn a_truncated_file_is_refused_beside_a_log_too() {
    let (directory, path) = place();
    filled(&path).await;
    let whole = fs::read(&path).unwrap();
    let ledger = open(&path).await;
    insert(&ledger, "in the log").await.unwrap();
    // As a process leaves them that is killed.
    let copy = directory.path().join("copy.db");
    let copy_log = || fs::copy(path.with_file_name("covers.db-wal"), copy.with_file_name("copy.db-wal")).unwrap();
    copy_log();
    // The description of the tables is whole.
    fs::write(&copy, &whole[..28 * 4_096]).unwrap();
    let refused = refusal(&copy).await;
    assert!(refused.contains("the file was cut off"), "{refused}");
    fs::write(&copy, &whole).unwrap();
    copy_log();
    assert!(has(&open(&copy).await, "in the log").await);
}

#[tokio::test]
async fn a_later_version_decides_whether_this_one_may_write() {
    let (_directory, path) = place();
    filled(&path).await;
    sql(&path, "UPDATE ledger_meta SET version = 9");
    let ledger = open(&path).await;
    assert!(has(&ledger, "key 0").await);
    // Also when it comes while this one runs.
    sql(&path, "UPDATE ledger_meta SET least_version = 9");
    let error = insert(&ledger, "key").await.unwrap_err().to_string();
    assert!(error.contains("later version") && error.contains("schema 9"), "{error}");
    drop(ledger);
    assert!(refusal(&path).await.contains("later version"));
    sql(&path, "UPDATE ledger_meta SET version = 4, least_version = 1");
    assert!(!has(&open(&path).await, "key").await);
}

#[tokio::test]
async fn a_lock_is_waited_for_and_then_reported() {
    let (_directory, path) = place();
    let ledger = open_with(&path, impatient()).await.unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(refusal(&path).await.contains("it is locked"));
    assert!(insert(&ledger, "key").await.unwrap_err().to_string().contains("it is locked"));
    let patient = open_with(&path, Settings::default());
    let unlock = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        other.execute_batch("COMMIT").unwrap();
    };
    let (patient, ()) = tokio::join!(patient, unlock);
    insert(&patient.unwrap(), "key").await.unwrap();
    assert!(has(&ledger, "key").await);
}

#[tokio::test]
async fn a_full_ledger_reports_it_and_keeps_its_rows() {
    let (_directory, path) = place();
    let settings = Settings { max_pages: Some(40), ..impatient() };
    let ledger = open_with(&path, settings).await.unwrap();
    let (entry, attempt) = intend_live(&ledger, &purchase(Some("first"), 1)).await;
    let mut count = 0;
    let error = loop {
        match insert(&ledger, &format!("key {count}")).await {
            Ok(()) => count += 1,
            Err(error) => break error,
        }
    };
    assert!(error.is_full() && error.to_string().contains("covers.db"), "{error}");
    assert!(count > 100, "{count}");
    // Also in a batch with others that find no room, there is room for what became of an attempt.
    let paused = pause(&ledger);
    let full = insert(&ledger, "no room");
    let settled = tokio::spawn({
        let ledger = ledger.clone();
        async move { settle_task(&ledger, attempt, "task").await }
    });
    tokio::task::yield_now().await;
    drop(paused);
    assert!(full.await.unwrap_err().is_full());
    assert!(matches!(settled.await.unwrap(), Settled::Recorded(_)));
    drop(ledger);
    let ledger = open(&path).await;
    assert_eq!(super::entry(&ledger, entry).await.task.as_deref(), Some("task"));
    insert(&ledger, "room").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_creators_get_the_same_ledger() {
    for _ in 0..10 {
        let (directory, path) = place();
        let all: Vec<_> = (0..8)
            .map(|number| {
                let path = path.clone();
                tokio::spawn(async move {
                    let ledger = open(&path).await;
                    insert(&ledger, &format!("key {number}")).await.unwrap();
                    ledger
                })
            })
            .collect();
        let mut ledgers = Vec::new();
        for one in all {
            ledgers.push(one.await.unwrap());
        }
        for ledger in &ledgers {
            assert!(has(ledger, "key 0").await && has(ledger, "key 7").await);
        }
        drop(ledgers);
        assert_eq!(names(directory.path()), ["covers.db"]);
    }
}
