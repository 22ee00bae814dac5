-- Every mail to a person: the queue of what is to be sent, and the record of what became of it.
CREATE TABLE mailing (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES project_user (id) ON DELETE CASCADE,
    -- invitation, reminder
    kind TEXT NOT NULL,
    -- queued, sent, failed, bounced
    state TEXT NOT NULL,
    -- Where it goes: the user's address may change later.
    address TEXT NOT NULL,
    -- The code in it.
    code_id TEXT REFERENCES code (id) ON DELETE SET NULL,
    tries BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    -- Not tried before. Whoever tries it puts this off first, so that nobody else does.
    due_at BIGINT NOT NULL,
    tried_at BIGINT,
    -- Taken by the mail server.
    sent_at BIGINT,
    -- Why the last try failed, or why it came back. Holds no secrets.
    trouble TEXT
);
CREATE INDEX mailing_due ON mailing (state, due_at);
CREATE INDEX mailing_pace ON mailing (project_id, tried_at);
CREATE INDEX mailing_user ON mailing (user_id);

-- The link in a mail to a page of the person's own.
CREATE TABLE personal_link (
    -- SHA-256 of the token in hexadecimal.
    token_hash TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES project_user (id) ON DELETE CASCADE,
    code_id TEXT NOT NULL REFERENCES code (id) ON DELETE CASCADE,
    -- The code, encrypted with the token: only who has the link can read it. Hexadecimal.
    sealed_code TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX personal_link_user ON personal_link (user_id);
CREATE INDEX personal_link_code ON personal_link (code_id);
