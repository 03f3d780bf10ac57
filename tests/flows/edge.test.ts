import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import * as v from "valibot";
import { expect, inject, test } from "vitest";
import { hashOf } from "#shared/secret.ts";
import { minutes } from "#shared/time.ts";
import { installSigned } from "../support/install-signed.ts";
import { makeDataDirectory, pkgbuildOf, secret, startKiln } from "../support/kiln.ts";
import { startNats } from "../support/nats.ts";
import { runtimeEnvironment, runtimes } from "../support/runtimes.ts";
import { startS3 } from "../support/s3.ts";
import { startSqld } from "../support/sqld.ts";

/** The api alone under Deno, which lets it have the network and the environment; the rest in one process under Bun. */
const startEdge = async (blobs: Readonly<Record<string, string>> = {}) => {
  await using stack = new AsyncDisposableStack();
  const nats = stack.use(await startNats());
  const sqld = stack.use(await startSqld());
  const data = stack.use(await makeDataDirectory());
  const audit = join(data.path, "audit");
  const remote = { ...blobs, NATS_URL: nats.webSocketUrl, STATE_URL: sqld.url };
  const edge = {
    ...remote,
    DENO_AUDIT_PERMISSIONS: audit,
    AUTHORIZED_SECRETS: `${await hashOf(secret)} tests`,
  };
  const inner = { ...blobs, NATS_URL: nats.url, STATE_URL: sqld.url };
  // It waits for its tables, as it may not read what makes them.
  const starting = startKiln("none", edge, "services/api/service.ts", "deno at the edge");
  const rest = stack.use(await startKiln(data.path, inner, "tests/support/without-api.ts"));
  const api = stack.use(await starting);
  const resources = stack.move();
  return {
    api,
    rest,
    remote,
    /** The kinds of permissions that the api has made use of, or wished for. */
    async wishes() {
      const lines = (await readFile(audit, "utf8")).trim().split("\n");
      return new Set(lines.map((line) => v.parse(Wish, JSON.parse(line)).permission));
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

/** The api at the edge, where it ends by itself. */
const runApi = async (environment: Readonly<Record<string, string>>) => {
  const [program, ...flags] = runtimes["deno at the edge"];
  const { exitCode, stderr } = await execa(program, [...flags, "services/api/service.ts"], {
    env: { ...runtimeEnvironment, ...environment },
    reject: false,
  });
  return { exitCode, stderr };
};

const Wish = v.object({ permission: v.string() });

const raw = (pkgbase: string) => ({
  replace: false,
  source: { type: "raw", pkgbuild: pkgbuildOf(pkgbase), devel: false },
});

test(
  "with the network and the environment alone, the api adds, orders and shows builds over WebSocket, a real sqld and S3",
  async () => {
    await using s3 = await startS3(inject("versitygw"));
    await using edge = await startEdge({ BLOBS_URL: s3.url, ...s3.credentials });
    const { api, rest } = edge;
    const list = async () => (await api.request("/package/list")).json();

    expect(await list()).toEqual([]);
    expect((await api.post("/package/add", raw("edge-app"))).status).toBe(200);
    expect(await api.ends("edge-app")).toEqual({ "edge-app": { state: "success" } });
    const order = { packages: ["edge-app"], clean: false, resolve: true, force: true };
    expect((await api.post("/build", order)).status).toBe(200);
    expect(await api.ends("edge-app")).toEqual({ "edge-app": { state: "success" } });

    expect(await list()).toMatchObject([
      { base: "edge-app", version: "1-1", build: { state: { state: "success" } } },
    ]);
    expect(await api.buildsOf("edge-app")).toHaveLength(2);
    expect(await api.stepOf("edge-app")).toMatch(/^success :: kiln ::/);
    expect(await installSigned(rest.url, ["edge-app"], api.url)).toEqual(["edge-app"]);
    expect(await api.stop()).toBe(0);
    expect([...(await edge.wishes())].sort()).toEqual(["env", "net"]);
  },
  minutes(4),
);

test(
  "what lies in files of another host is refused at the edge, with what to set",
  async () => {
    await using edge = await startEdge();

    const refused = await edge.api.post("/package/add", raw("edge-raw"));

    expect(refused.status).toBe(503);
    expect(await refused.text()).toMatch("set BLOBS_URL to an s3://");
    expect((await edge.api.request("/package/list")).status).toBe(200);
    const unsaid = await runApi({ ...edge.remote, PORT: "0" });
    expect(unsaid).toEqual({
      exitCode: 1,
      stderr:
        "AUTHORIZED_SECRETS is not set, expected lines of base64 sha256: ./data may not be read here",
    });
  },
  minutes(2),
);

test.each([
  ["NATS_URL", {}, "wss://host:port"],
  ["STATE_URL", { NATS_URL: "ws://127.0.0.1:1" }, "https://host"],
])("at the edge %s has to be set", async (name, environment, expected) => {
  expect(await runApi(environment)).toEqual({
    exitCode: 1,
    stderr: `${name} is not set, expected ${expected}: ./data may not be read here`,
  });
});
