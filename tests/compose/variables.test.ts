import { readFileSync } from "node:fs";
import * as v from "valibot";
import { expect, test } from "vitest";
import { Config as Common } from "#shared/service/host.ts";
import { kilnVersion } from "#shared/version.ts";
import { passwordVariable } from "../../compose/nats-server-conf.ts";
import { all } from "../../services/all.ts";

const readText = (path: string) => readFileSync(path, "utf8");

const Entries = v.record(v.string(), v.object({ default: v.optional(v.string()) }));

/** The variables of a Config, with their defaults as text. */
const variablesOf = (config: object) =>
  Object.entries(v.parse(Entries, Reflect.get(config, "entries")))
    // Those in small letters are other forms of names in capitals.
    .filter(([name]) => name === name.toUpperCase())
    .map(([name, entry]) => [name, entry.default] as const);

const logging = ["LOG_LEVEL", "RUST_LOG"];
const common = variablesOf(Common).map(([name]) => name);
const ofState = ["STATE_URL", "STATE_TOKEN"];

/** What the image sets, and what compose itself reads. */
const elsewhere = ["DATA_DIR", "HOST", "PORT", "DOCKER_HOST", "PATH", "HOME", "SSH_AUTH_SOCK"];

const Service = v.object({
  image: v.optional(v.string()),
  environment: v.record(v.string(), v.string()),
  volumes: v.optional(v.array(v.string()), []),
});
const Stack = v.object({ services: v.record(v.string(), Service) });

const services = () => v.parse(Stack, Bun.YAML.parse(readText("compose/compose.yaml"))).services;

/** The rows of the tables of compose/README.md whose first column is a variable. */
const rows = () =>
  readText("compose/README.md")
    .split("\n")
    .filter((line) => /^\| `[A-Z_]+` \|/.test(line))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.replaceAll("`", "").trim()),
    );

test.each(all.map((service) => [service.name, service] as const))(
  "compose.yaml gives %s the variables that it reads",
  (name, { config, state }) => {
    const read = new Set([...common, ...logging, ...variablesOf(config).map(([it]) => it)]);
    const wanted = [...read]
      .filter((it) => !elsewhere.includes(it) && (state || !ofState.includes(it)))
      .sort();

    expect(Object.keys(services()[name]?.environment ?? {}).sort()).toEqual(wanted);
  },
);

test("who may not write to its DATA_DIR keeps no copies of blobs there", () => {
  const readers = Object.values(services()).filter(({ volumes }) =>
    volumes.some((volume) => volume.endsWith(":/app:ro")),
  );

  expect(readers.map(({ environment }) => environment.BLOBS_CACHE)).toEqual(["0"]);
});

test("compose.yaml gives nats-server the password of each of its users", () => {
  const users = [...all.map(({ name }) => name), "integration"];

  expect(Object.keys(services().nats?.environment ?? {}).sort()).toEqual(
    users.map(passwordVariable).sort(),
  );
});

test("compose.yaml runs the image of this version", () => {
  expect(services().api?.image).toBe(`\${KILN_IMAGE:-kiln:${kilnVersion}}`);
});

test("README's table of variables is the services' own", () => {
  const readers = new Map<string, { default: string; services: string[] }>();
  for (const name of common) readers.set(name, { default: "–", services: ["all"] });
  for (const [name, value] of variablesOf(Common))
    readers.set(name, { default: value ?? "–", services: ["all"] });
  for (const service of all)
    for (const [name, value] of variablesOf(service.config)) {
      const known = readers.get(name);
      if (!known) readers.set(name, { default: value ?? "–", services: [service.name] });
      else if (!known.services.includes("all")) known.services.push(service.name);
    }
  const wanted = [...readers].map(([name, it]) => [
    name,
    it.default,
    it.services.sort().join(", "),
  ]);

  const written = rows()
    .filter(([name = ""]) => readers.has(name))
    .map((row) => row.slice(0, 3));

  expect(written.sort()).toEqual(wanted.sort());
});

test("README names each variable of compose.yaml, with its default where only compose reads it", () => {
  const named = new Map(rows().map(([name = "", value = ""]) => [name, value]));
  const used = [...readText("compose/compose.yaml").matchAll(/\$\{(\w+)(?::-([^}]*))?/g)]
    .map(([, name = "", value]) => [name, value || "–"] as const)
    .filter(([name]) => !name.startsWith("NATS_") || name === "NATS_IMAGE");
  const ofCompose = ["DOMAIN", "HTTP_PORT", "HTTPS_PORT", "KILN_IMAGE", "NATS_IMAGE"];
  ofCompose.push("CADDY_IMAGE", "CADDY_TLS", "DOCKER_SOCKET", "DOCKER_GID");

  expect(used.map(([name]) => name).filter((name) => !named.has(name))).toEqual([]);
  const theirs = used.filter(([name]) => ofCompose.includes(name));
  expect(theirs.filter(([name, value]) => named.get(name) !== value)).toEqual([]);
});
