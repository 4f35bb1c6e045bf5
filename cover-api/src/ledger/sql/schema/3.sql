-- Prices, in thousandths of a credit. Attempts of earlier versions have none.

ALTER TABLE attempts ADD COLUMN cost BIGINT;

-- What a process has spent in a minute, counted from 1970. Sums outlive the attempts that they count. A process that uses several
-- connections has a lane for each, so that none of them waits for another.

CREATE TABLE spending (
    account TEXT NOT NULL,
    minute BIGINT NOT NULL,
    holder TEXT NOT NULL,
    lane INTEGER NOT NULL,
    total BIGINT NOT NULL,
    PRIMARY KEY (account, minute, holder, lane)
);

CREATE INDEX spending_of_holder ON spending (holder, account);
