import type { Tables } from "../database.ts";
import type { Observer } from "../observer.ts";
import type { Sent } from "../streams.ts";

type Row = {
  readonly id: string;
  readonly pkgbase: string;
  readonly state: string;
  readonly text: string;
};

/** What was seen of one build or rebuild. */
type Life = {
  state: string;
  pkgbase: string;
  /** The whole row, once it has ended. */
  end?: string;
  gone: boolean;
  /** The ends that were published of it. */
  readonly published: Set<string>;
};

type Kind = {
  readonly name: "build" | "rebuild";
  /** The service that writes its rows. */
  readonly owner: string;
  /** Gives `id`, `pkgbase`, `state`, and as `text` all that must stay once it has ended. */
  readonly query: string;
  readonly isEnd: (state: string) => boolean;
  readonly subject: string;
  readonly field: "state" | "status";
};

const ends = new Set(["success", "failure", "fatal", "cancelled"]);

const build: Kind = {
  name: "build",
  owner: "scheduler",
  query: `select id, pkgbase, state, state || coalesce(message, '') || coalesce(ended_at, '')
    || coalesce(version, '') || coalesce(builder, '') as text from builds`,
  isEnd: (state) => ends.has(state),
  subject: "build.ended",
  field: "state",
};

const rebuild: Kind = {
  name: "rebuild",
  owner: "verifier",
  query: `select id, pkgbase, coalesce(status, 'unfinished') as state, coalesce(status, '')
    || coalesce(message, '') || coalesce(ended_at, '') as text from rebuilds`,
  isEnd: (state) => state !== "unfinished",
  subject: "rebuild.ended",
  field: "status",
};

export type Lives = {
  /** After each write of a service. */
  written(service: string): void;
  /** After each message. */
  stored(sent: Sent): void;
  /** The ends that were never published. */
  unpublished(): readonly { readonly pkgbase: string; readonly text: string }[];
  /** The ends that were published of a build or rebuild. */
  publishedOf(id: string): readonly string[];
};

/** Each build and rebuild ends once; its end stays; each end is published, after it is committed. */
export const watchLives = (tables: Tables, observer: Observer): Lives => {
  const watched = [build, rebuild].map((kind) => watchKind(kind, tables, observer));
  return {
    written(service) {
      for (const lives of watched) lives.written(service);
    },
    stored(sent) {
      for (const lives of watched) lives.stored(sent);
    },
    unpublished: () => watched.flatMap(({ unpublished }) => unpublished()),
    publishedOf: (id) => watched.flatMap(({ publishedOf }) => publishedOf(id)),
  };
};

const watchKind = (
  { name, owner, query, isEnd, subject, field }: Kind,
  tables: Tables,
  { violated }: Observer,
): Lives => {
  const lives = new Map<string, Life>();
  const lifeOf = (id: string) => {
    const known = lives.get(id);
    if (known) return known;
    const made: Life = { state: "unknown", pkgbase: "", gone: false, published: new Set() };
    lives.set(id, made);
    return made;
  };

  return {
    written(service) {
      if (service !== owner) return;
      // Safe: the query names these columns, all of them texts.
      const rows = tables.rows(query) as readonly Row[];
      const there = new Set(rows.map(({ id }) => id));
      for (const { id, pkgbase, state, text } of rows) {
        const life = lifeOf(id);
        if (life.gone) violated(`a ${name} that is gone stays gone`, id);
        if (life.end !== undefined && life.end !== text)
          violated(`the end of a ${name} stays`, `${id} was ${life.end}, is ${text}`);
        life.state = state;
        life.pkgbase = pkgbase;
        if (isEnd(state)) life.end = text;
      }
      for (const [id, life] of lives)
        if (!there.has(id) && life.state !== "unknown") life.gone = true;
    },
    stored(sent) {
      if (sent.subject !== subject) return;
      const payload: Record<string, unknown> = JSON.parse(sent.data);
      const id = String(payload[name]);
      const end = String(payload[field]);
      const life = lifeOf(id);
      if (life.published.size > 0 && !life.published.has(end))
        violated(`a ${name} ends once`, `${id} ended as ${[...life.published]} and as ${end}`);
      life.published.add(end);
      const isCommitted = end === "current" ? life.gone : life.gone || life.state === end;
      if (!isCommitted)
        violated(
          `an end of a ${name} is published after it is committed`,
          `${id} was published as ${end}, and is ${life.state}`,
        );
    },
    unpublished: () =>
      [...lives].flatMap(([id, { end, pkgbase, published, state }]) =>
        published.size === 0 && end !== undefined
          ? { pkgbase, text: `the end of ${name} ${id} of ${pkgbase}, ${state}` }
          : [],
      ),
    publishedOf: (id) => [...(lives.get(id)?.published ?? [])],
  };
};
