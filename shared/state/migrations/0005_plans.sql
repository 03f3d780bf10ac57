CREATE TABLE `plan_entries` (
	`session` text NOT NULL,
	`pkgbase` text NOT NULL,
	`source` text,
	`current` integer NOT NULL,
	`problem` text,
	`missing` text NOT NULL,
	`unbuilt` text NOT NULL,
	PRIMARY KEY(`session`, `pkgbase`)
);
--> statement-breakpoint
CREATE TABLE `plan_needs` (
	`session` text NOT NULL,
	`pkgbase` text NOT NULL,
	`needs` text NOT NULL,
	`published` integer NOT NULL,
	PRIMARY KEY(`session`, `pkgbase`, `needs`)
);
--> statement-breakpoint
CREATE TABLE `plans` (
	`session` text PRIMARY KEY NOT NULL,
	`finished_at` integer NOT NULL,
	`problem` text
);
--> statement-breakpoint
CREATE TABLE `resolver_lease` (
	`id` integer PRIMARY KEY NOT NULL,
	`holder` text NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `resolver_outbox` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`key` text NOT NULL,
	`subject` text NOT NULL,
	`message_id` text NOT NULL,
	`payload` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
DROP INDEX `builds_by_session`;--> statement-breakpoint
CREATE INDEX `builds_by_session` ON `builds` (`session`,`state`);--> statement-breakpoint
ALTER TABLE `sessions` ADD `complete_at` integer DEFAULT 0;--> statement-breakpoint
ALTER TABLE `sessions` ADD `announced_at` integer DEFAULT 0;