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
    -- Ten letters, unique over all projects, never changed: binds a device to the project.
    activation_code TEXT NOT NULL UNIQUE,
    -- Every login of every device of the project is this user's.
    locked_user_id TEXT,
    cutover_at BIGINT,
    -- 1: without lead and spread, everyone at once.
    cutover_at_once BIGINT NOT NULL DEFAULT 0,
    -- Rises whenever the cutover is set: each device acts on each version once.
    cutover_version BIGINT NOT NULL DEFAULT 0,
    cutover_set_at BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);

-- A cutover of their own for a group of users.
CREATE TABLE wave (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES project (id),
    name TEXT NOT NULL,
    cutover_at BIGINT,
    cutover_at_once BIGINT NOT NULL DEFAULT 0,
    -- Versions are counted over the project and all its waves, so that a user may change waves.
    cutover_version BIGINT NOT NULL DEFAULT 0,
    cutover_set_at BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    UNIQUE (project_id, name)
);

CREATE TABLE project_user (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES project (id),
    wave_id TEXT REFERENCES wave (id),
    -- active, inactive (says the organisation's list), suspended (by an operator)
    state TEXT NOT NULL DEFAULT 'active',
    -- import, registration (by the person), operator
    source TEXT NOT NULL DEFAULT 'import',
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

-- A computer.
CREATE TABLE device (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES project (id),
    -- What the agent calls the computer by: the same for all of its logins, and different in each project. An id of its
    -- own when the agent does not know.
    machine TEXT NOT NULL,
    name TEXT NOT NULL,
    system TEXT NOT NULL,
    -- Every login of this computer is this user's.
    locked_user_id TEXT REFERENCES project_user (id),
    created_at BIGINT NOT NULL,
    UNIQUE (project_id, machine)
);

-- The agent at one operating-system login of a computer: it has the token, and it is what orders are for.
CREATE TABLE login (
    id TEXT NOT NULL PRIMARY KEY,
    device_id TEXT NOT NULL REFERENCES device (id),
    -- Whose login it is; none until somebody signed in.
    user_id TEXT REFERENCES project_user (id),
    -- The authentication code that bound it; none for an activation code.
    code_id TEXT REFERENCES code (id),
    -- SHA-256 of the token in hexadecimal.
    token_hash TEXT NOT NULL UNIQUE,
    -- pending, bound, refused (another one was faster), removed
    state TEXT NOT NULL,
    -- The operating system's name for it.
    name TEXT NOT NULL,
    agent TEXT NOT NULL,
    language TEXT NOT NULL,
    inventory TEXT,
    created_at BIGINT NOT NULL,
    bound_at BIGINT,
    -- Since when it is this user's.
    signed_in_at BIGINT,
    removed_at BIGINT,
    last_seen_at BIGINT,
    -- An operator has put the start off until then.
    delayed_until BIGINT
);
CREATE INDEX login_device ON login (device_id);
CREATE INDEX login_user ON login (user_id);
CREATE INDEX login_code ON login (code_id);

-- A user waiting to be collected by a device, or by one of its logins. Consumed once, first come first served.
CREATE TABLE assignment (
    id TEXT NOT NULL PRIMARY KEY,
    device_id TEXT NOT NULL REFERENCES device (id),
    -- None: whichever login asks first.
    login_id TEXT REFERENCES login (id),
    user_id TEXT NOT NULL REFERENCES project_user (id),
    created_at BIGINT NOT NULL,
    consumed_at BIGINT,
    consumed_by TEXT REFERENCES login (id)
);
CREATE INDEX assignment_device ON assignment (device_id);

CREATE TABLE user_order (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES project_user (id),
    -- None: for every login of the user.
    login_id TEXT REFERENCES login (id),
    number BIGINT NOT NULL,
    -- configure, rehearse, undo, remove
    action TEXT NOT NULL,
    -- operator, cutover, timetable
    cause TEXT NOT NULL,
    cutover_version BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (user_id, number)
);
CREATE INDEX user_order_login ON user_order (login_id);

CREATE TABLE event (
    login_id TEXT NOT NULL REFERENCES login (id),
    id TEXT NOT NULL,
    -- Order of arrival within the login.
    place BIGINT NOT NULL,
    order_number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    -- The event as it came, JSON.
    body TEXT NOT NULL,
    happened_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (login_id, id)
);
CREATE INDEX event_place ON event (login_id, place);
