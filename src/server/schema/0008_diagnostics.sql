-- What a person looked at and sent to the help desk: the newest few of each login, for some weeks.
CREATE TABLE diagnostics (
    id TEXT NOT NULL PRIMARY KEY,
    login_id TEXT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
    -- What the person was told, to find it by.
    number TEXT NOT NULL,
    -- Version of the agent at that time.
    agent TEXT NOT NULL,
    body TEXT NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE INDEX diagnostics_login ON diagnostics (login_id, received_at);
CREATE INDEX diagnostics_received ON diagnostics (received_at);
