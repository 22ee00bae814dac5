-- Tells every server process what any process has written; see watcher.rs for what they make of it. Run whenever a server
-- starts to listen, so also after a database was restored or has got new tables.

-- Payload: the table. Several in one transaction are told once (PostgreSQL documentation, "NOTIFY").
CREATE OR REPLACE FUNCTION mailshift_notify_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('mailshift', 'written ' || TG_TABLE_NAME);
    RETURN NULL;
END $$;

-- Payload: the number, so that a listener knows which one it has missed.
CREATE OR REPLACE FUNCTION mailshift_notify_signal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('mailshift', 'signal ' || NEW.number);
    RETURN NULL;
END $$;

-- Payload: the login, out of the column that is named in the trigger.
CREATE OR REPLACE FUNCTION mailshift_notify_login() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('mailshift', 'login ' || (to_jsonb(NEW) ->> TG_ARGV[0]));
    RETURN NULL;
END $$;

DO $$
DECLARE
    name TEXT;
BEGIN
    FOR name IN
        SELECT c.relname FROM pg_class c
        WHERE c.relkind = 'r' AND c.relnamespace = to_regnamespace(current_schema()) AND c.relname <> '_sqlx_migrations'
        AND NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'mailshift_written')
        ORDER BY c.relname
    LOOP
        EXECUTE format('CREATE TRIGGER mailshift_written AFTER INSERT OR UPDATE OR DELETE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION mailshift_notify_written()', name);
    END LOOP;
    IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = 'signal'::regclass AND tgname = 'mailshift_signal') THEN
        CREATE TRIGGER mailshift_signal AFTER UPDATE ON signal
            FOR EACH ROW EXECUTE FUNCTION mailshift_notify_signal();
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = 'event'::regclass AND tgname = 'mailshift_login') THEN
        CREATE TRIGGER mailshift_login AFTER INSERT ON event
            FOR EACH ROW EXECUTE FUNCTION mailshift_notify_login('login_id');
    END IF;
    -- Not when it was only heard of.
    IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = 'login'::regclass AND tgname = 'mailshift_login') THEN
        CREATE TRIGGER mailshift_login AFTER UPDATE OF state, user_id, delayed_until ON login
            FOR EACH ROW EXECUTE FUNCTION mailshift_notify_login('id');
    END IF;
END $$;
