-- People who use the dashboard and the API.
CREATE TABLE operator (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    -- The name in lower case, to find it by.
    name_key TEXT NOT NULL UNIQUE,
    -- viewer, operator, administrator
    role TEXT NOT NULL,
    -- Argon2id; none until the one-time link was followed.
    password_hash TEXT,
    -- The key of the second factor, sealed with a key made of the password.
    totp_sealed TEXT,
    -- The last time step (RFC 6238) that was used: each is good once.
    totp_step BIGINT NOT NULL DEFAULT 0,
    -- BCP 47 and IANA; empty: as the browser says, and UTC.
    language TEXT NOT NULL DEFAULT '',
    zone TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    signed_in_at BIGINT
);

-- A link to set a password once. Tokens here and below are kept as SHA-256 in hexadecimal.
CREATE TABLE operator_link (
    token_hash TEXT NOT NULL PRIMARY KEY,
    -- None: whoever has it becomes the first administrator.
    operator_id TEXT REFERENCES operator (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE operator_session (
    id TEXT NOT NULL PRIMARY KEY,
    operator_id TEXT NOT NULL REFERENCES operator (id),
    token_hash TEXT NOT NULL UNIQUE,
    -- What the browser calls itself, and where it is.
    browser TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL
);
CREATE INDEX operator_session_operator ON operator_session (operator_id);

-- Browsers in which an operator has signed in before: others cannot use up their tries.
CREATE TABLE known_browser (
    token_hash TEXT NOT NULL PRIMARY KEY,
    operator_id TEXT NOT NULL REFERENCES operator (id),
    created_at BIGINT NOT NULL
);

-- Codes that stand in for the second factor, each once.
CREATE TABLE recovery_code (
    code_hash TEXT NOT NULL PRIMARY KEY,
    operator_id TEXT NOT NULL REFERENCES operator (id)
);
CREATE INDEX recovery_code_operator ON recovery_code (operator_id);

CREATE TABLE api_token (
    id TEXT NOT NULL PRIMARY KEY,
    operator_id TEXT NOT NULL REFERENCES operator (id),
    name TEXT NOT NULL,
    -- Never more than the operator's own.
    role TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX api_token_operator ON api_token (operator_id);

-- What operators did. Names are kept as they were, so that entries outlive what they name.
CREATE TABLE audit (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    project_id TEXT,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_project ON audit (project_id, at);
