-- Entries outlive their project: its name is kept as it was.
ALTER TABLE audit ADD COLUMN project_name TEXT;
UPDATE audit SET project_name = (SELECT p.name FROM project p WHERE p.id = audit.project_id);

-- What refers to something that is deleted is found without looking at everything.
CREATE INDEX mailing_code ON mailing (code_id);
CREATE INDEX assignment_login ON assignment (login_id);
CREATE INDEX assignment_consumer ON assignment (consumed_by);
CREATE INDEX assignment_user ON assignment (user_id);
CREATE INDEX confirmation_user ON confirmation (user_id);
CREATE INDEX device_lock ON device (locked_user_id);
CREATE INDEX project_user_wave ON project_user (wave_id);
