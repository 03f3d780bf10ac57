import type { Service } from "#shared/service/define.ts";
import type { Kind, Point } from "./kernel.ts";

/** A kind of point of one service, at which its process may die. */
export type Pair = { readonly service: string; readonly kind: Kind; readonly subject: string };

export type Moment = "before" | "after";

/** What is aimed at: a death at a moment of a pair. */
export type Side = { readonly pair: Pair; readonly moment: Moment };

type Declared = Pick<
  Service,
  | "name"
  | "state"
  | "publishes"
  | "asks"
  | "answers"
  | "consumes"
  | "follows"
  | "crons"
  | "reconciles"
>;

/** Every point that the services' tables name. */
export const pairsOf = (services: readonly Declared[]): readonly Pair[] =>
  services.flatMap((declared) => {
    const { name: service, state, publishes, asks, answers, consumes, follows } = declared;
    const pairs = (kind: Kind, table: readonly { readonly subject: string }[] = []) =>
      table.map(({ subject }) => ({ service, kind, subject }));
    const named = (kind: Kind, table: readonly { readonly name: string }[] = []) =>
      table.map(({ name: subject }) => ({ service, kind, subject }));
    const questions = answers?.map(({ question }) => question);
    const messages = consumes?.map(({ message }) => message);
    const followed = follows?.map(({ message }) => message);
    return [
      ...(state ? [{ service, kind: "write" as const, subject: service }] : []),
      ...pairs("publish", publishes),
      ...pairs("ask", asks),
      ...pairs("reply", asks),
      ...pairs("question", questions),
      ...pairs("answer", questions),
      ...pairs("consume", messages),
      ...pairs("ack", messages),
      ...pairs("follow", followed),
      ...named("cron", declared.crons),
      ...named("reconcile", declared.reconciles),
    ];
  });

export const sidesOf = (pairs: readonly Pair[]): readonly Side[] =>
  (["before", "after"] as const).flatMap((moment) => pairs.map((pair) => ({ pair, moment })));

export const isAt = ({ service, kind, subject }: Pair, point: Point) =>
  point.process.service === service && point.kind === kind && point.subject === subject;

export const nameOf = ({ pair: { service, kind, subject }, moment }: Side) =>
  `${moment} ${service} ${kind} ${subject}`;
