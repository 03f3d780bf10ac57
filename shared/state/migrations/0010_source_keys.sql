CREATE TABLE `source_keys` (
	`fingerprint` text PRIMARY KEY NOT NULL,
	`armoured` text NOT NULL,
	`users` text NOT NULL,
	`added_at` integer NOT NULL
);
