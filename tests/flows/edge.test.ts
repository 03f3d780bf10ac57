import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { expect, test } from "vitest";
import { hashOf } from "#shared/secret.ts";
import { minutes } from "#shared/time.ts";
import { startAur } from "../support/aur.ts";
import { installSigned } from "../support/install-signed.ts";
import { makeDataDirectory, pkgbuildOf, secret, startKiln } from "../support/kiln.ts";
import { startNats } from "../support/nats.ts";
import { startSqld } from "../support/sqld.ts";

/** The api alone under Deno, which lets it have the network and the environment; the rest in one process under Bun. */
const startEdge = async (aurUrl: string) => {
  await using stack = new AsyncDisposableStack();
  const nats = stack.use(await startNats());
  const sqld = stack.use(await startSqld());
  const data = stack.use(await makeDataDirectory());
  const audit = join(data.path, "audit");
  const edge = {
    DENO_AUDIT_PERMISSIONS: audit,
    NATS_URL: nats.webSocketUrl,
    STATE_URL: sqld.url,
    AUTHORIZED_SECRETS: `${await hashOf(secret)} tests`,
  };
  const inner = { NATS_URL: nats.url, STATE_URL: sqld.url, AUR_URL: aurUrl };
  // It waits for its tables, as it may not read what makes them.
  const starting = startKiln("none", edge, "services/api/service.ts", "deno at the edge");
  const rest = stack.use(await startKiln(data.path, inner, "tests/support/without-api.ts"));
  const api = stack.use(await starting);
  const resources = stack.move();
  return {
    api,
    rest,
    /** The kinds of permissions that the api has made use of, or wished for. */
    async wishes() {
      const lines = (await readFile(audit, "utf8")).trim().split("\n");
      return new Set(lines.map((line) => v.parse(Wish, JSON.parse(line)).permission));
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

const Wish = v.object({ permission: v.string() });

test(
  "with the network and the environment alone, the api adds, orders and shows builds over WebSocket and a real sqld",
  async () => {
    await using aur = await startAur();
    await aur.add({ pkgbase: "edge-app", pkgbuild: pkgbuildOf("edge-app"), srcinfo });
    await using edge = await startEdge(aur.url);
    const { api, rest } = edge;
    const list = async () => (await api.request("/package/list")).json();

    expect(await list()).toEqual([]);
    const source = { type: "aur", name: "edge-app" };
    const added = await api.post("/package/add", { replace: false, source });
    expect(added.status).toBe(200);
    expect(await api.ends("edge-app")).toEqual({ "edge-app": { state: "success" } });
    const order = { packages: ["edge-app"], clean: false, resolve: true, force: true };
    expect((await api.post("/build", order)).status).toBe(200);
    expect(await api.ends("edge-app")).toEqual({ "edge-app": { state: "success" } });

    expect(await list()).toMatchObject([
      { base: "edge-app", version: "1-1", build: { state: { state: "success" } } },
    ]);
    expect(await api.buildsOf("edge-app")).toHaveLength(2);
    expect(await installSigned(rest.url, ["edge-app"], api.url)).toEqual(["edge-app"]);
    expect(await api.stop()).toBe(0);
    expect([...(await edge.wishes())].sort()).toEqual(["env", "net"]);
  },
  minutes(4),
);

test(
  "what lies in files of another host is refused at the edge, with what to set",
  async () => {
    await using aur = await startAur();
    await using edge = await startEdge(aur.url);
    const source = { type: "raw", pkgbuild: pkgbuildOf("edge-raw"), devel: false };

    const refused = await edge.api.post("/package/add", { replace: false, source });

    expect(refused.status).toBe(503);
    expect(await refused.text()).toMatch("set BLOBS_URL to an s3://");
  },
  minutes(2),
);

const srcinfo = [
  "pkgbase = edge-app",
  "\tpkgdesc = a test",
  "\tpkgver = 1",
  "\tpkgrel = 1",
  "\tarch = any",
  "\tlicense = MIT",
  "",
  "pkgname = edge-app",
  "",
].join("\n");
