import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

// What a service keeps so that nothing it committed is lost when a process dies.

/** Messages that the service has committed and nats-server has not confirmed yet, oldest first. */
const outboxTable = <N extends string>(name: N) =>
  sqliteTable(name, {
    id: integer().primaryKey({ autoIncrement: true }),
    /** Messages of one key are published in the order of their ids. */
    key: text().notNull(),
    subject: text().notNull(),
    /** `Nats-Msg-Id`. */
    messageId: text("message_id").notNull(),
    /** JSON, as the schema of that time had it. */
    payload: text().notNull(),
    createdAt: integer("created_at").notNull(),
  });

/** The process that publishes the outbox, one row. */
const leaseTable = <N extends string>(name: N) =>
  sqliteTable(name, {
    /** Always 1. */
    id: integer().primaryKey(),
    holder: text().notNull(),
    expiresAt: integer("expires_at").notNull(),
  });

/** Rows whose reconciling step threw, and how often. */
const attemptsTable = <N extends string>(name: N) =>
  sqliteTable(
    name,
    {
      /** A row of the service's `reconciles`. */
      reconcile: text().notNull(),
      row: text().notNull(),
      failures: integer().notNull(),
      firstFailedAt: integer("first_failed_at").notNull(),
      nextAt: integer("next_at").notNull(),
      /** What the newest step threw. */
      reason: text().notNull(),
    },
    (attempt) => [primaryKey({ columns: [attempt.reconcile, attempt.row] })],
  );

/** The newest tick of each cron expression that has fired; before the first one, when it came into force. */
const ticksTable = <N extends string>(name: N) =>
  sqliteTable(name, {
    /** A row of the service's `crons`, and the expression. */
    name: text().primaryKey(),
    firedAt: integer("fired_at").notNull(),
  });

export type OutboxTable = ReturnType<typeof outboxTable>;
export type LeaseTable = ReturnType<typeof leaseTable>;
export type AttemptsTable = ReturnType<typeof attemptsTable>;
export type TicksTable = ReturnType<typeof ticksTable>;

/** Written by the api, read by anyone. */
export const apiOutbox = outboxTable("api_outbox");
/** Written by the api, read by anyone. */
export const apiLease = leaseTable("api_lease");
/** Written by the api, read by anyone. */
export const apiAttempts = attemptsTable("api_attempts");

/** Written by the scheduler, read by anyone. */
export const schedulerOutbox = outboxTable("scheduler_outbox");
/** Written by the scheduler, read by anyone. */
export const schedulerLease = leaseTable("scheduler_lease");
/** Written by the scheduler, read by anyone. */
export const schedulerAttempts = attemptsTable("scheduler_attempts");
/** Written by the scheduler, read by anyone. */
export const schedulerTicks = ticksTable("scheduler_ticks");

/** Written by the repo, read by anyone. */
export const repoOutbox = outboxTable("repo_outbox");
/** Written by the repo, read by anyone. */
export const repoLease = leaseTable("repo_lease");

/** Written by the verifier, read by anyone. */
export const verifierOutbox = outboxTable("verifier_outbox");
/** Written by the verifier, read by anyone. */
export const verifierLease = leaseTable("verifier_lease");
/** Written by the verifier, read by anyone. */
export const verifierAttempts = attemptsTable("verifier_attempts");

/** Written by the resolver, read by anyone. */
export const resolverOutbox = outboxTable("resolver_outbox");
/** Written by the resolver, read by anyone. */
export const resolverLease = leaseTable("resolver_lease");
