CREATE TABLE `source_checks` (
	`pkgbase` text NOT NULL,
	`spec_hash` text NOT NULL,
	`source` text NOT NULL,
	`checked_at` integer NOT NULL,
	`problem` text,
	PRIMARY KEY(`pkgbase`, `spec_hash`)
);
--> statement-breakpoint
ALTER TABLE `sources` ADD `spec_hash` text NOT NULL DEFAULT '';--> statement-breakpoint
ALTER TABLE `sources` ADD `commits` text;--> statement-breakpoint
ALTER TABLE `sources` ADD `aur` text;--> statement-breakpoint
ALTER TABLE `builds` ADD `source` text;--> statement-breakpoint
ALTER TABLE `packages` ADD `spec` text NOT NULL DEFAULT '{"type":"cli"}';--> statement-breakpoint
ALTER TABLE `packages` ADD `spec_hash` text NOT NULL DEFAULT '';--> statement-breakpoint
ALTER TABLE `publications` ADD `source` text;--> statement-breakpoint
-- A source of before has a spec of its own, which its id stands for.
UPDATE `sources` SET `spec_hash` = `id`;--> statement-breakpoint
UPDATE `packages` SET `spec_hash` = `source`;--> statement-breakpoint
-- A package that is being removed may have no source any more: nothing reads its spec.
UPDATE `packages` SET `spec` = (SELECT `sources`.`spec` FROM `sources` WHERE `sources`.`id` = `packages`.`source`)
	WHERE `source` IN (SELECT `id` FROM `sources`);--> statement-breakpoint
INSERT INTO `source_checks` (`pkgbase`, `spec_hash`, `source`, `checked_at`)
	SELECT `sources`.`pkgbase`, `sources`.`id`, `sources`.`id`, `sources`.`fetched_at`
	FROM `packages` JOIN `sources` ON `sources`.`id` = `packages`.`source`;--> statement-breakpoint
UPDATE `builds` SET `source` = (SELECT `packages`.`source` FROM `packages` WHERE `packages`.`pkgbase` = `builds`.`pkgbase`)
	WHERE `state` = 'pending' AND `needs` IS NOT NULL;--> statement-breakpoint
UPDATE `builds` SET `source` = (SELECT `sources`.`id` FROM `sources`
		WHERE `sources`.`pkgbase` = `builds`.`pkgbase` AND `sources`.`state` = `builds`.`source_state`)
	WHERE `source` IS NULL AND `source_state` IS NOT NULL;--> statement-breakpoint
UPDATE `publications` SET `source` = (SELECT `sources`.`id` FROM `sources`
	WHERE `sources`.`pkgbase` = `publications`.`pkgbase` AND `sources`.`state` = `publications`.`source_state`);--> statement-breakpoint
DROP INDEX `sources_by_pkgbase`;--> statement-breakpoint
CREATE INDEX `sources_by_snapshot` ON `sources` (`snapshot_sha256`);--> statement-breakpoint
CREATE INDEX `sources_by_pkgbase` ON `sources` (`pkgbase`,`fetched_at`);--> statement-breakpoint
ALTER TABLE `sources` DROP COLUMN `spec`;--> statement-breakpoint
CREATE INDEX `builds_by_source` ON `builds` (`source`);--> statement-breakpoint
ALTER TABLE `packages` DROP COLUMN `source`;
