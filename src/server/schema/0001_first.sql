-- Ids are text (UUID), times are milliseconds since 1970 UTC. Only what SQLite and PostgreSQL have in common is used.

-- Rises with every change an operator makes: a running server sees it and wakes the agents that wait.
CREATE TABLE signal (
    id BIGINT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL
);
INSERT INTO signal (id, number) VALUES (1, 0);

CREATE TABLE project (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- JSON, see the type Settings.
    settings TEXT NOT NULL,
    cutover_at BIGINT,
    -- 1: without lead and spread, everyone at once.
    cutover_at_once BIGINT NOT NULL DEFAULT 0,
    -- Rises whenever the cutover is set: each device acts on each version once.
    cutover_version BIGINT NOT NULL DEFAULT 0,
    cutover_set_at BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);

CREATE TABLE project_user (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES project (id),
    name TEXT NOT NULL,
    old_address TEXT NOT NULL,
    new_address TEXT NOT NULL,
    -- The addresses in lower case, to find them by.
    old_key TEXT NOT NULL,
    new_key TEXT NOT NULL,
    login TEXT NOT NULL,
    language TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (project_id, old_key)
);
CREATE INDEX project_user_new ON project_user (project_id, new_key);

CREATE TABLE code (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES project_user (id),
    public_id TEXT NOT NULL UNIQUE,
    -- Argon2id of the secret part.
    secret_hash TEXT NOT NULL,
    tries_left BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- How it reached the person: mail, operator.
    sent_by TEXT NOT NULL,
    -- A newer code has taken its place.
    replaced_at BIGINT,
    used_at BIGINT,
    used_by TEXT
);
CREATE INDEX code_user ON code (user_id);

CREATE TABLE device (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES project_user (id),
    code_id TEXT NOT NULL REFERENCES code (id),
    -- SHA-256 of the token in hexadecimal.
    token_hash TEXT NOT NULL UNIQUE,
    -- pending, bound, refused (another device was faster), removed
    state TEXT NOT NULL,
    name TEXT NOT NULL,
    system TEXT NOT NULL,
    login TEXT NOT NULL,
    agent TEXT NOT NULL,
    language TEXT NOT NULL,
    inventory TEXT,
    created_at BIGINT NOT NULL,
    bound_at BIGINT,
    removed_at BIGINT,
    last_seen_at BIGINT
);
CREATE INDEX device_user ON device (user_id);
CREATE INDEX device_code ON device (code_id);

CREATE TABLE user_order (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES project_user (id),
    -- None: for every device of the user.
    device_id TEXT REFERENCES device (id),
    number BIGINT NOT NULL,
    -- configure, rehearse, undo, remove
    action TEXT NOT NULL,
    -- operator, cutover, timetable
    cause TEXT NOT NULL,
    cutover_version BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (user_id, number)
);

CREATE TABLE event (
    device_id TEXT NOT NULL REFERENCES device (id),
    id TEXT NOT NULL,
    -- Order of arrival within the device.
    place BIGINT NOT NULL,
    order_number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    -- The event as it came, JSON.
    body TEXT NOT NULL,
    happened_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (device_id, id)
);
CREATE INDEX event_place ON event (device_id, place);
