-- How a login became its user's: code, mail, operator, match, machine. What is not known for certain counts as least: a
-- code that was spent on the login is certain, everything else may have been said by the computer itself.
ALTER TABLE login ADD COLUMN identified TEXT;
UPDATE login SET identified = CASE
    WHEN EXISTS (SELECT 1 FROM code c WHERE c.user_id = login.user_id AND (c.id = login.code_id OR c.used_by = login.id))
    THEN 'code' ELSE 'match' END WHERE user_id IS NOT NULL;
ALTER TABLE assignment ADD COLUMN identified TEXT NOT NULL DEFAULT 'machine';

-- A person has said who they are, and a mail to the address is to prove it. Links of before had no digits: they end.
DROP TABLE confirmation;
CREATE TABLE registration (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    login_id TEXT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
    -- None: nobody on the list has the address. It is a user's only when the mail was answered.
    user_id TEXT REFERENCES project_user (id) ON DELETE CASCADE,
    -- link, code
    proof TEXT NOT NULL,
    -- The recorded one, when a user has it.
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    -- What the person wants to be called; not proved.
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    -- Of the link: SHA-256 of its token in hexadecimal, made when the mail is sent, and what the page behind it asks for.
    token_hash TEXT UNIQUE,
    digits TEXT,
    -- Of the code, made when the mail is sent: its public part, and Argon2id of its secret part.
    public_id TEXT,
    secret_hash TEXT,
    tries_left BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    answered_at BIGINT
);
CREATE INDEX registration_project ON registration (project_id, public_id);
CREATE INDEX registration_login ON registration (login_id);
CREATE INDEX registration_user ON registration (user_id);

-- New passwords that the directory has taken, or is being asked to take.
CREATE TABLE password_change (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES project_user (id) ON DELETE CASCADE,
    login_id TEXT NOT NULL REFERENCES login (id) ON DELETE CASCADE,
    order_number BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX password_change_order ON password_change (user_id, order_number);
CREATE INDEX password_change_login ON password_change (login_id);

-- Mails also go to people who are not users (yet).
CREATE TABLE mailing_of_all (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    -- None: to somebody who is not on the list.
    user_id TEXT REFERENCES project_user (id) ON DELETE CASCADE,
    -- What it is to prove.
    registration_id TEXT REFERENCES registration (id) ON DELETE SET NULL,
    -- invitation, reminder, registration, password
    kind TEXT NOT NULL,
    -- queued, sent, failed, bounced
    state TEXT NOT NULL,
    -- Where it goes: the user's address may change later.
    address TEXT NOT NULL,
    -- The computer that it tells of, as far as that may be told.
    computer TEXT,
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
INSERT INTO mailing_of_all (id, project_id, user_id, kind, state, address, code_id, tries, created_at, due_at, tried_at,
        sent_at, trouble)
    SELECT id, project_id, user_id, kind, state, address, code_id, tries, created_at, due_at, tried_at, sent_at, trouble
    FROM mailing;
DROP TABLE mailing;
ALTER TABLE mailing_of_all RENAME TO mailing;
CREATE INDEX mailing_due ON mailing (state, due_at);
CREATE INDEX mailing_pace ON mailing (project_id, tried_at);
CREATE INDEX mailing_user ON mailing (user_id);
CREATE INDEX mailing_code ON mailing (code_id);
CREATE INDEX mailing_registration ON mailing (registration_id);
