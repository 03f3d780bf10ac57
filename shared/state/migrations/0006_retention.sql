CREATE TABLE `published_names` (
	`filename` text NOT NULL,
	`sha256` text NOT NULL,
	PRIMARY KEY(`filename`, `sha256`)
);
--> statement-breakpoint
CREATE TABLE `sweeps` (
	`id` text PRIMARY KEY NOT NULL,
	`reason` text NOT NULL,
	`dry_run` integer NOT NULL,
	`ordered_at` integer NOT NULL,
	`ended_at` integer,
	`obstacle` text,
	`usage` text,
	`deleted_blobs` integer DEFAULT 0 NOT NULL,
	`deleted_bytes` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE `builds` ADD `number` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `frames` ADD `added_in` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `frames` ADD `dropped_in` integer;--> statement-breakpoint
UPDATE `builds` SET `number` = (
	SELECT count(*) FROM `builds` AS `older`
	WHERE `older`.`pkgbase` = `builds`.`pkgbase` AND `older`.`ordered_at` < `builds`.`ordered_at`
);--> statement-breakpoint
UPDATE `frames` SET `added_in` = (SELECT coalesce(max(`number`), 0) FROM `generations`);--> statement-breakpoint
INSERT OR IGNORE INTO `published_names` (`filename`, `sha256`) SELECT `filename`, `sha256` FROM `artifacts`;--> statement-breakpoint
INSERT OR IGNORE INTO `published_names` (`filename`, `sha256`) SELECT `filename`, `sha256` FROM `retired_files`;--> statement-breakpoint
INSERT OR IGNORE INTO `published_names` (`filename`, `sha256`)
	SELECT `build_artifacts`.`filename`, `build_artifacts`.`sha256` FROM `build_artifacts`
	JOIN `builds` ON `builds`.`id` = `build_artifacts`.`build` WHERE `builds`.`state` = 'success';
