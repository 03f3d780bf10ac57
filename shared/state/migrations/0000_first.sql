CREATE TABLE `build_artifacts` (
	`build` text NOT NULL,
	`filename` text NOT NULL,
	`sha256` text NOT NULL,
	`bytes` integer NOT NULL,
	PRIMARY KEY(`build`, `filename`)
);
--> statement-breakpoint
CREATE INDEX `build_artifacts_by_sha256` ON `build_artifacts` (`sha256`);--> statement-breakpoint
CREATE TABLE `builds` (
	`id` text PRIMARY KEY NOT NULL,
	`session` text NOT NULL,
	`pkgbase` text NOT NULL,
	`arch` text NOT NULL,
	`state` text NOT NULL,
	`message` text,
	`progress` text,
	`needs` text,
	`request` text,
	`source_state` text,
	`version` text,
	`ordered_at` integer NOT NULL,
	`started_at` integer,
	`ended_at` integer,
	`builder` text,
	`log_sha256` text,
	`log_bytes` integer,
	`measurements` text,
	`srcinfo_sha256` text,
	`pkgbuild_sha256` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `builds_by_pkgbase` ON `builds` (`pkgbase`,`ordered_at`);--> statement-breakpoint
CREATE INDEX `builds_by_session` ON `builds` (`session`);--> statement-breakpoint
CREATE INDEX `builds_by_state` ON `builds` (`state`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`reason` text NOT NULL,
	`resolve` integer NOT NULL,
	`force` integer NOT NULL,
	`ordered_at` integer NOT NULL,
	`planned_at` integer
);
--> statement-breakpoint
CREATE TABLE `packages` (
	`position` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`pkgbase` text NOT NULL,
	`source` text NOT NULL,
	`added_at` integer NOT NULL,
	`enabled` integer NOT NULL,
	`clean` integer NOT NULL,
	`private` integer NOT NULL,
	`dependency` integer NOT NULL,
	`devel` integer NOT NULL,
	`srcinfo_override` integer NOT NULL,
	`schedule` text,
	`prepare` text,
	`flags` text NOT NULL,
	`removed_at` integer,
	`owed` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `packages_pkgbase_unique` ON `packages` (`pkgbase`);--> statement-breakpoint
CREATE TABLE `rebuild_artifacts` (
	`rebuild` text NOT NULL,
	`filename` text NOT NULL,
	`pkgname` text NOT NULL,
	`sha256` text NOT NULL,
	`bytes` integer NOT NULL,
	`rebuilt_sha256` text,
	`status` text NOT NULL,
	PRIMARY KEY(`rebuild`, `filename`)
);
--> statement-breakpoint
CREATE TABLE `rebuilds` (
	`id` text PRIMARY KEY NOT NULL,
	`pkgbase` text NOT NULL,
	`arch` text NOT NULL,
	`build` text NOT NULL,
	`version` text NOT NULL,
	`reason` text NOT NULL,
	`request` text,
	`status` text,
	`message` text,
	`builder` text,
	`ordered_at` integer NOT NULL,
	`started_at` integer,
	`ended_at` integer,
	`log_sha256` text,
	`log_bytes` integer
);
--> statement-breakpoint
CREATE INDEX `rebuilds_by_pkgbase` ON `rebuilds` (`pkgbase`,`ordered_at`);--> statement-breakpoint
CREATE INDEX `rebuilds_by_build` ON `rebuilds` (`build`);--> statement-breakpoint
CREATE INDEX `rebuilds_by_status` ON `rebuilds` (`status`);--> statement-breakpoint
CREATE TABLE `artifacts` (
	`pkgname` text PRIMARY KEY NOT NULL,
	`pkgbase` text NOT NULL,
	`version` text NOT NULL,
	`arch` text NOT NULL,
	`filename` text NOT NULL,
	`sha256` text NOT NULL,
	`bytes` integer NOT NULL,
	`depends` text NOT NULL,
	`provides` text NOT NULL,
	`signature` text,
	`desc` text NOT NULL,
	`files_sha256` text NOT NULL,
	`frame` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `artifacts_by_pkgbase` ON `artifacts` (`pkgbase`);--> statement-breakpoint
CREATE INDEX `artifacts_by_frame` ON `artifacts` (`frame`);--> statement-breakpoint
CREATE TABLE `frames` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`first_pkgname` text NOT NULL,
	`database_sha256` text NOT NULL,
	`database_bytes` integer NOT NULL,
	`files_sha256` text NOT NULL,
	`files_bytes` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `generations` (
	`number` integer PRIMARY KEY NOT NULL,
	`database_sha256` text NOT NULL,
	`database_bytes` integer NOT NULL,
	`files_sha256` text NOT NULL,
	`files_bytes` integer NOT NULL,
	`database_signature` text,
	`files_signature` text,
	`modified_at` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `publications` (
	`pkgbase` text PRIMARY KEY NOT NULL,
	`build` text NOT NULL,
	`version` text NOT NULL,
	`srcinfo` text NOT NULL,
	`pkgbuild` text NOT NULL,
	`source_state` text NOT NULL,
	`published_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `retired_files` (
	`filename` text PRIMARY KEY NOT NULL,
	`sha256` text NOT NULL,
	`bytes` integer NOT NULL,
	`signature` text,
	`published_at` integer NOT NULL,
	`retired_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `build_revisions` (
	`id` integer PRIMARY KEY NOT NULL,
	`number` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `package_revisions` (
	`id` integer PRIMARY KEY NOT NULL,
	`number` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `signatures` (
	`sha256` text NOT NULL,
	`fingerprint` text NOT NULL,
	`signature` text NOT NULL,
	`signed_at` integer NOT NULL,
	PRIMARY KEY(`sha256`, `fingerprint`)
);
--> statement-breakpoint
CREATE TABLE `signing_keys` (
	`id` integer PRIMARY KEY NOT NULL,
	`fingerprint` text NOT NULL,
	`public_key` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `official_databases` (
	`repository` text PRIMARY KEY NOT NULL,
	`url` text NOT NULL,
	`sha256` text NOT NULL,
	`bytes` integer NOT NULL,
	`last_modified` text,
	`fetched_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sources` (
	`id` text PRIMARY KEY NOT NULL,
	`pkgbase` text NOT NULL,
	`spec` text NOT NULL,
	`state` text NOT NULL,
	`snapshot_sha256` text NOT NULL,
	`snapshot_bytes` integer NOT NULL,
	`srcinfo` text NOT NULL,
	`srcinfo_override` integer DEFAULT false NOT NULL,
	`revision` text,
	`changed_at` integer NOT NULL,
	`fetched_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sources_by_pkgbase` ON `sources` (`pkgbase`);