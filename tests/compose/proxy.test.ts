import { readFileSync } from "node:fs";
import * as v from "valibot";
import { expect, test } from "vitest";

const Stack = v.object({
  services: v.record(
    v.string(),
    v.object({
      labels: v.optional(v.record(v.string(), v.string()), {}),
      profiles: v.optional(v.array(v.string())),
    }),
  ),
});

const proxy = () => {
  const text = readFileSync("compose/compose.proxy.yaml", "utf8");
  return v.parse(Stack, Bun.YAML.parse(text)).services;
};

test("one's own proxy is led to the same services and ports as Caddy is", () => {
  const ofCaddy = readFileSync("compose/Caddyfile", "utf8").matchAll(/reverse_proxy (\S+)/g);

  const ofLabels = Object.entries(proxy()).flatMap(([name, { labels }]) =>
    Object.entries(labels)
      .filter(([label]) => label.endsWith(".loadbalancer.server.port"))
      .map(([, port]) => `${name}:${port}`),
  );

  expect(ofLabels.sort()).toEqual([...ofCaddy].map(([, upstream]) => upstream).sort());
});

test("neither Caddy nor one's own proxy shows what Prometheus asks for", () => {
  const rule = proxy().api?.labels["traefik.http.routers.kiln.rule"];

  expect(readFileSync("compose/Caddyfile", "utf8")).toContain("handle /metrics {\n\t\trespond 404");
  expect(rule).toContain("!Path(`/metrics`)");
});

test("Caddy answers methods that kiln's runtime would close the connection for", () => {
  const caddyfile = readFileSync("compose/Caddyfile", "utf8");

  const [, methods] = /@unknown not method (.*)/.exec(caddyfile) ?? [];

  expect(methods).toBe("GET HEAD POST PUT PATCH DELETE OPTIONS");
  expect(caddyfile).toContain('handle @unknown {\n\t\trespond "kiln has no such method" 405');
});

test("beside one's own proxy Caddy is not started", () => {
  expect(proxy().caddy).toMatchObject({ profiles: ["caddy"] });
});
