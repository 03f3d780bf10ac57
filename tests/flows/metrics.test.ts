import { expect, test, vi } from "vitest";
import { minutes, seconds } from "#shared/time.ts";
import { all } from "../../services/all.ts";
import { parseExposition } from "../support/exposition.ts";
import { startGuardedNats } from "../support/guarded-nats.ts";
import { makeDataDirectory, pkgbuildOf, startKiln } from "../support/kiln.ts";
import { startNats } from "../support/nats.ts";

const soon = { timeout: minutes(2), interval: 100 };

/** Whoever looks brings no secret, and does not wait for ever. */
const scrape = async (url: string) => {
  const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(seconds(30)) });
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const text = await answer.text();
  return { text, series: Object.fromEntries(parseExposition(text)) };
};

test(
  "a build shows in the metrics of the one process, and the package's name where reading is free",
  async () => {
    await using data = await makeDataDirectory();
    await using readable = await startKiln(data.path, {
      ALLOW_READS: "true",
      REBUILD_PUBLISHED: "false",
    });
    await readable.post("/package/add", {
      replace: false,
      source: { type: "raw", pkgbuild: pkgbuildOf("metered"), devel: false },
    });
    await readable.ends("metered");

    const one = Object.fromEntries(
      [
        'kiln_builds_total{state="success"}',
        ...["container", "system", "build", "packages"].map(
          (step) => `kiln_build_step_seconds_count{purpose="build",step="${step}"}`,
        ),
        "kiln_publish_seconds_count",
        "kiln_repository_packages",
        'kiln_deliveries_total{service="builder",message="build.requested.{arch}.{build}",verdict="done"}',
        'kiln_deliveries_total{service="repo",message="publish.requested.{build}",verdict="done"}',
        'kiln_deliveries_total{service="scheduler",message="repo.published",verdict="done"}',
        'kiln_http_requests_total{service="api",method="POST",status="200"}',
        'kiln_package_build_state{pkgbase="metered",state="success"}',
      ].map((key) => [key, 1]),
    );
    const idle = Object.fromEntries(
      ["waiting", "working"].map((state) => [
        `kiln_queue_messages{service="builder",message="build.requested.{arch}.{build}",state="${state}"}`,
        0,
      ]),
    );
    await vi.waitFor(async () => {
      const { series } = await scrape(readable.url);
      expect(series).toMatchObject({ ...one, ...idle });
      expect(series.kiln_repository_bytes).toBeGreaterThan(100);
      expect(
        series['kiln_blob_bytes_total{service="builder",direction="written"}'],
      ).toBeGreaterThan(100);
    }, soon);

    await readable[Symbol.asyncDispose]();
    await using secret = await startKiln(data.path, { ALLOW_READS: "false" });
    const { text, series } = await scrape(secret.url);
    expect(series.kiln_repository_packages).toBe(1);
    expect(text).not.toContain("metered");
  },
  minutes(5),
);

test(
  "without nats-server a service still answers, and does not pretend that its queues are empty",
  async () => {
    await using nats = await startNats();
    await using data = await makeDataDirectory();
    const environment = { NATS_URL: nats.url };
    await using kiln = await startKiln(data.path, environment, "services/scheduler/service.ts");
    const waiting =
      'kiln_queue_messages{service="scheduler",message="build.finished",state="waiting"}';
    const before = await scrape(kiln.url);

    await nats.down();

    expect(before.series).toMatchObject({ [waiting]: 0 });
    await vi.waitFor(async () => {
      const { series } = await scrape(kiln.url);
      expect(series).toHaveProperty("process_cpu_user_seconds_total");
      expect(series).not.toHaveProperty([waiting]);
    }, soon);
    await nats.up();
    await vi.waitFor(
      async () => expect((await scrape(kiln.url)).series).toMatchObject({ [waiting]: 0 }),
      soon,
    );
  },
  minutes(5),
);

test(
  "each service alone shows its own queues, and may ask for them as its user",
  async () => {
    await using stack = new AsyncDisposableStack();
    const nats = stack.use(await startGuardedNats());
    const data = stack.use(await makeDataDirectory());
    const services = await Promise.all(
      all.map(async (service) => {
        const environment = { NATS_URL: nats.urlOf(service.name) };
        const source = `services/${service.name}/service.ts`;
        return { service, kiln: stack.use(await startKiln(data.path, environment, source)) };
      }),
    );

    for (const { service, kiln } of services) {
      const { series } = await scrape(kiln.url);
      const queues = Object.keys(series).filter((key) => key.startsWith("kiln_queue_messages{"));

      const { name, consumes = [] } = service;
      expect(queues.sort()).toEqual(
        consumes
          .flatMap(({ message }) =>
            ["waiting", "working"].map(
              (state) =>
                `kiln_queue_messages{service="${name}",message="${message.subject}",state="${state}"}`,
            ),
          )
          .sort(),
      );
    }
    expect(nats.log.filter((line) => /Violation.*\.INFO\./.test(line))).toEqual([]);
  },
  minutes(5),
);
