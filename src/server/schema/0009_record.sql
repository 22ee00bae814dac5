-- Entries outlive their project: its name is kept as it was.
ALTER TABLE audit ADD COLUMN project_name TEXT;
UPDATE audit SET project_name = (SELECT p.name FROM project p WHERE p.id = audit.project_id);
