ALTER TABLE `sessions` ADD `complete_at` integer DEFAULT 0;--> statement-breakpoint
ALTER TABLE `sessions` ADD `announced_at` integer DEFAULT 0;--> statement-breakpoint
CREATE INDEX `sources_by_fetched_at` ON `sources` (`fetched_at`);