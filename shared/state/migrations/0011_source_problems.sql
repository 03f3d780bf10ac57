CREATE TABLE `session_problems` (
	`session` text NOT NULL,
	`pkgbase` text NOT NULL,
	`kind` text NOT NULL,
	`message` text NOT NULL,
	PRIMARY KEY(`session`, `pkgbase`)
);
--> statement-breakpoint
ALTER TABLE `plan_entries` ADD `problem_kind` text;