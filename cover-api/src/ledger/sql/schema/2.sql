-- Answers of operations that answer at once, as they came.

CREATE TABLE answers (
    attempt BLOB NOT NULL PRIMARY KEY REFERENCES attempts (id),
    entry BIGINT NOT NULL REFERENCES entries (id),
    bytes BLOB NOT NULL
);

CREATE INDEX answers_of_entry ON answers (entry);
