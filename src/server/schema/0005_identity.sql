-- Numbers of orders and versions of cutovers are counted over the whole project: a login may become another user's, and
-- a user may change waves, and what is newer must still have the higher number.
ALTER TABLE project ADD COLUMN last_order BIGINT NOT NULL DEFAULT 0;
ALTER TABLE project ADD COLUMN last_version BIGINT NOT NULL DEFAULT 0;
UPDATE project SET last_version = cutover_version, last_order = COALESCE(
    (SELECT MAX(o.number) FROM user_order o JOIN project_user u ON u.id = o.user_id WHERE u.project_id = project.id), 0);

-- The login without domain, in lower case, for the directory match.
ALTER TABLE project_user ADD COLUMN login_key TEXT NOT NULL DEFAULT '';
CREATE INDEX project_user_login ON project_user (project_id, login_key);

-- The version and time of the user's last change of waves: what the new wave says counts as set then.
ALTER TABLE project_user ADD COLUMN moved_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE project_user ADD COLUMN moved_at BIGINT NOT NULL DEFAULT 0;

-- The person signed out: the directory match does not sign in again what a person has ended.
ALTER TABLE login ADD COLUMN signed_out_at BIGINT;

-- A mail asks whether a login is really this user's.
CREATE TABLE confirmation (
    id TEXT NOT NULL PRIMARY KEY,
    -- SHA-256 of the link's token in hexadecimal.
    token_hash TEXT NOT NULL UNIQUE,
    login_id TEXT NOT NULL REFERENCES login (id),
    user_id TEXT NOT NULL REFERENCES project_user (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    confirmed_at BIGINT
);
CREATE INDEX confirmation_login ON confirmation (login_id);
