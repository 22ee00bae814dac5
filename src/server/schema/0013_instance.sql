-- Which database this is: one row, made by the program.
CREATE TABLE instance (
    -- 1
    place BIGINT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL,
    -- Higher whenever a copy of the database was put in its place: agents say again where they stand.
    epoch BIGINT NOT NULL
);

-- When the project got the settings of its account: a cutover that had come by then, and was set before, starts nobody.
ALTER TABLE project ADD COLUMN ready_at BIGINT NOT NULL DEFAULT 0;
