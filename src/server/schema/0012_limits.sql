-- Whether a token may manage operators and tokens. Those of before may not.
ALTER TABLE api_token ADD COLUMN manages BIGINT NOT NULL DEFAULT 0;
-- Wrong second steps with the right password since the last sign-in, and until when no code of the app is looked at.
ALTER TABLE operator ADD COLUMN totp_misses BIGINT NOT NULL DEFAULT 0;
ALTER TABLE operator ADD COLUMN totp_locked_until BIGINT NOT NULL DEFAULT 0;
-- How many there were before this sign-in, for the operator to see.
ALTER TABLE operator_session ADD COLUMN misses BIGINT NOT NULL DEFAULT 0;
