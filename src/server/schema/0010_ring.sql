-- For whom a signal was: for the agents of a project, or for single logins. Servers read what is above the last number
-- that they know.
CREATE TABLE ring (
    -- Of a project or of a login.
    subject_id TEXT NOT NULL PRIMARY KEY,
    -- project, login
    kind TEXT NOT NULL,
    -- The number of the last signal for it.
    number BIGINT NOT NULL
);
CREATE INDEX ring_number ON ring (number);
