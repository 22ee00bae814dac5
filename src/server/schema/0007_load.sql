-- When herd control lets a login start.
CREATE TABLE start_place (
    login_id TEXT NOT NULL PRIMARY KEY REFERENCES login (id) ON DELETE CASCADE,
    project_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- The minute since 1970 that `at` is in.
    minute BIGINT NOT NULL
);
CREATE INDEX start_place_minute ON start_place (project_id, minute);

-- Forgetting activations that nobody went on with does not look at all logins.
CREATE INDEX login_pending ON login (created_at) WHERE state = 'pending';
