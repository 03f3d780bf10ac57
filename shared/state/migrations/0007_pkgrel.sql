ALTER TABLE `builds` ADD `renumber` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `builds` ADD `pkgrel` text;