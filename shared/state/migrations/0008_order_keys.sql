CREATE TABLE `order_keys` (
	`key` text PRIMARY KEY NOT NULL,
	`request` text NOT NULL,
	`ordered_at` integer NOT NULL,
	`status` integer,
	`media_type` text,
	`body` text
);
--> statement-breakpoint
CREATE INDEX `order_keys_by_time` ON `order_keys` (`ordered_at`);