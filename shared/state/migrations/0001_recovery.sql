CREATE TABLE `api_attempts` (
	`reconcile` text NOT NULL,
	`row` text NOT NULL,
	`failures` integer NOT NULL,
	`first_failed_at` integer NOT NULL,
	`next_at` integer NOT NULL,
	`reason` text NOT NULL,
	PRIMARY KEY(`reconcile`, `row`)
);
--> statement-breakpoint
CREATE TABLE `api_lease` (
	`id` integer PRIMARY KEY NOT NULL,
	`holder` text NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `api_outbox` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`key` text NOT NULL,
	`subject` text NOT NULL,
	`message_id` text NOT NULL,
	`payload` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `repo_lease` (
	`id` integer PRIMARY KEY NOT NULL,
	`holder` text NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `repo_outbox` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`key` text NOT NULL,
	`subject` text NOT NULL,
	`message_id` text NOT NULL,
	`payload` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `scheduler_attempts` (
	`reconcile` text NOT NULL,
	`row` text NOT NULL,
	`failures` integer NOT NULL,
	`first_failed_at` integer NOT NULL,
	`next_at` integer NOT NULL,
	`reason` text NOT NULL,
	PRIMARY KEY(`reconcile`, `row`)
);
--> statement-breakpoint
CREATE TABLE `scheduler_lease` (
	`id` integer PRIMARY KEY NOT NULL,
	`holder` text NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `scheduler_outbox` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`key` text NOT NULL,
	`subject` text NOT NULL,
	`message_id` text NOT NULL,
	`payload` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `scheduler_ticks` (
	`name` text PRIMARY KEY NOT NULL,
	`fired_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `verifier_attempts` (
	`reconcile` text NOT NULL,
	`row` text NOT NULL,
	`failures` integer NOT NULL,
	`first_failed_at` integer NOT NULL,
	`next_at` integer NOT NULL,
	`reason` text NOT NULL,
	PRIMARY KEY(`reconcile`, `row`)
);
--> statement-breakpoint
CREATE TABLE `verifier_lease` (
	`id` integer PRIMARY KEY NOT NULL,
	`holder` text NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `verifier_outbox` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`key` text NOT NULL,
	`subject` text NOT NULL,
	`message_id` text NOT NULL,
	`payload` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
-- What adds of kiln 0.1.0 still owed: the message about the package, and the order of its first build.
INSERT INTO `api_outbox` (`key`, `subject`, `message_id`, `payload`, `created_at`)
SELECT pkgbase,
	'package.' || (owed ->> 'message'),
	CASE owed ->> 'message'
		WHEN 'added' THEN 'added-' || source
		ELSE 'changed-' || pkgbase || '-' || (owed ->> 'at')
	END,
	CASE owed ->> 'message'
		WHEN 'added' THEN json_object('pkgbase', pkgbase, 'source', source, 'at', owed ->> 'at', 'dependency', json(iif(dependency, 'true', 'false')))
		ELSE json_object('pkgbase', pkgbase, 'source', source, 'at', owed ->> 'at')
	END,
	owed ->> 'at'
FROM packages
WHERE owed IS NOT NULL AND removed_at IS NULL
ORDER BY position;
--> statement-breakpoint
INSERT INTO `api_outbox` (`key`, `subject`, `message_id`, `payload`, `created_at`)
WITH orders AS MATERIALIZED (
	SELECT lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))) AS session,
		json_group_array(pkgbase) AS names,
		iif(owed ->> 'resolve', 'true', 'false') AS resolve,
		owed ->> 'at' AS at
	FROM packages
	WHERE owed ->> 'build' AND removed_at IS NULL
		AND NOT EXISTS (SELECT 1 FROM builds WHERE builds.pkgbase = packages.pkgbase AND builds.ordered_at >= packages.owed ->> 'at')
	GROUP BY owed ->> 'at', owed ->> 'resolve'
)
SELECT session,
	'session.ordered.' || session,
	session,
	json_object('session', session, 'packages', json(names), 'reason', 'initial', 'resolve', json(resolve), 'force', json('false')),
	at
FROM orders;
--> statement-breakpoint
ALTER TABLE `packages` DROP COLUMN `owed`;