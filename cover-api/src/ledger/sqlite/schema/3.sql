-- Prices, in thousandths of a credit. Attempts of earlier versions have none.

ALTER TABLE attempts ADD COLUMN cost BIGINT;

-- What an account has spent until the end of a minute, counted from 1970, as a running sum. The holder is empty for the sum of all
-- holders. The sum of one holder has a single row, in the minute 0. Sums outlive the attempts that they count.

CREATE TABLE spending (
    holder TEXT NOT NULL,
    account TEXT NOT NULL,
    minute BIGINT NOT NULL,
    total BIGINT NOT NULL,
    PRIMARY KEY (holder, account, minute)
);
