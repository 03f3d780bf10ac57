ALTER TABLE `builds` ADD `log_lines` integer;--> statement-breakpoint
ALTER TABLE `builds` ADD `excerpt` text;--> statement-breakpoint
ALTER TABLE `builds` ADD `clock_sha256` text;--> statement-breakpoint
ALTER TABLE `builds` ADD `steps` text;--> statement-breakpoint
ALTER TABLE `builds` ADD `installed_sha256` text;--> statement-breakpoint
ALTER TABLE `rebuilds` ADD `log_lines` integer;--> statement-breakpoint
ALTER TABLE `rebuilds` ADD `excerpt` text;--> statement-breakpoint
ALTER TABLE `rebuilds` ADD `clock_sha256` text;--> statement-breakpoint
ALTER TABLE `rebuilds` ADD `steps` text;