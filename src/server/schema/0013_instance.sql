-- Which database this is: one row, made by the program.
CREATE TABLE instance (
    -- 1
    place BIGINT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL,
    -- Higher whenever a copy of the database was put in its place: agents say again where they stand.
    epoch BIGINT NOT NULL
);
