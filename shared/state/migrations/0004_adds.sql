CREATE TABLE `add_orders` (
	`id` text PRIMARY KEY NOT NULL,
	`spec` text NOT NULL,
	`replace` integer NOT NULL,
	`build` integer NOT NULL,
	`resolve` integer NOT NULL,
	`ordered_at` integer NOT NULL,
	`outcome` text,
	`ended_at` integer
);
--> statement-breakpoint
CREATE INDEX `add_orders_by_end` ON `add_orders` (`ended_at`);--> statement-breakpoint
CREATE TABLE `adds` (
	`id` text PRIMARY KEY NOT NULL,
	`fetching` text,
	`fetched` integer NOT NULL,
	`result` text,
	`started_at` integer NOT NULL,
	`ended_at` integer
);
