import { eq } from "drizzle-orm";
import * as v from "valibot";
import { orderBuilds } from "#shared/messages/build.ts";
import { retirePackage } from "#shared/messages/repo.ts";
import { addRequested, type ResolvedAdd } from "#shared/messages/resolve.ts";
import { BuildId, type Pkgbase, Pkgname, SessionId } from "#shared/model.ts";
import { hashOf } from "#shared/secret.ts";
import { start } from "#shared/service/start.ts";
import { adds } from "#shared/state/adds.ts";
import { builds, sessions } from "#shared/state/builds.ts";
import { packages } from "#shared/state/packages.ts";
import { artifacts, publications } from "#shared/state/repo.ts";
import type { Api } from "../../services/api/context.ts";
import { api } from "../../services/api/service.ts";
import { srcinfoOf } from "./rows.ts";
import { makeWorld } from "./world.ts";

export const secret = "a-secret";

type Order = v.InferOutput<typeof orderBuilds.request>;

const terms = { atOnce: 1, ackWait: 5_000 };

/** The api in a world whose other services answer what a test tells them to. */
export const startApi = async (environment: Readonly<Record<string, string>> = {}) => {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await makeWorld());
  const orders: Order[] = [];
  const retired: string[] = [];
  const answers = {
    resolve: async (): Promise<ResolvedAdd> => ({
      kind: "unusable",
      message: "nothing to resolve",
    }),
    order: async (order: Order) => {
      orders.push(order);
      return { session: v.parse(SessionId, crypto.randomUUID()), builds: [] };
    },
    retire: async (pkgbase: string) => {
      retired.push(pkgbase);
      return { generation: 1 };
    },
  };
  stack.use(
    await world.bus.consume("resolver", addRequested, terms, async ({ add }) => {
      const result = await answers.resolve();
      const row = { id: add, fetched: 1, startedAt: 1, endedAt: 2, result };
      await world.state.write((tx) => tx.insert(adds).values(row).onConflictDoNothing());
    }),
  );
  stack.use(await world.bus.answer("scheduler", orderBuilds, (order) => answers.order(order)));
  stack.use(
    await world.bus.answer("repo", retirePackage, ({ pkgbase }) => answers.retire(pkgbase)),
  );
  const seen: Api[] = [];
  const open: typeof api.open = async (base) => {
    const opened = await api.open(base);
    seen.push({ ...base, ...opened });
    return opened;
  };
  const running = stack.use(
    await start(
      { ...api, open },
      {
        ALLOW_READS: "true",
        AUTHORIZED_SECRETS: `${await hashOf(secret)} me@here`,
        BUILD_CLI: "false",
        ...environment,
      },
      world,
    ),
  );
  const [context] = seen;
  if (!context) throw new Error("the api was not opened");
  const request = async (path: string, init: RequestInit = {}) => {
    const response = await running.http?.fetch(
      new Request(`http://kiln.example${path}`, init),
      () => "127.0.0.1",
    );
    if (!response) throw new Error("the api serves nothing");
    await world.settled();
    return response;
  };
  const resources = stack.move();
  return {
    world,
    running,
    context,
    answers,
    orders,
    retired,
    request,
    /** With the secret; a body is sent as JSON. */
    write: (method: string, path: string, body?: unknown) =>
      request(path, {
        method,
        headers: { authorization: secret, "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

type World = Awaited<ReturnType<typeof makeWorld>>;

/** A build row with its session; the newest of its package. */
export const insertBuildOf = async (
  { state, clock }: World,
  pkgbase: Pkgbase,
  row: Partial<typeof builds.$inferInsert> & {
    readonly reason?: typeof sessions.$inferInsert.reason;
  } = {},
) => {
  const { reason = "manual", ...rest } = row;
  const session = v.parse(SessionId, crypto.randomUUID());
  const id = v.parse(BuildId, crypto.randomUUID());
  const orderedAt = clock.at++;
  const number = await state.read.$count(builds, eq(builds.pkgbase, pkgbase));
  await state.write(async (tx) => {
    await tx
      .insert(sessions)
      .values({ id: session, reason, resolve: true, force: false, orderedAt });
    await tx.insert(builds).values({
      id,
      session,
      pkgbase,
      number,
      arch: "x86_64",
      state: "pending",
      orderedAt,
      ...rest,
    });
  });
  return id;
};

/** What the repo leaves of a published package of one member. */
export const insertPublished = async (
  { state, clock }: World,
  pkgbase: Pkgbase,
  { version = "1:1.0.0-2", lines = [] as readonly string[] } = {},
) =>
  state.write(async (tx) => {
    await tx.insert(publications).values({
      pkgbase,
      build: v.parse(BuildId, crypto.randomUUID()),
      version,
      srcinfo: srcinfoOf(pkgbase, lines),
      pkgbuild: `pkgname=${pkgbase}\n`,
      sourceState: "one",
      publishedAt: clock.at,
    });
    await tx.insert(artifacts).values({
      pkgname: v.parse(Pkgname, pkgbase),
      pkgbase,
      version,
      arch: "any",
      filename: `${pkgbase}.pkg.tar.zst`,
      sha256: "b".repeat(64),
      bytes: 1,
      depends: [],
      provides: [],
      desc: "",
      filesSha256: "c".repeat(64),
      frame: 1,
    });
  });

export const listRows = ({ state }: World) => state.read.select().from(packages);
