import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, inject, test } from "vitest";
import { hashOf } from "#shared/secret.ts";
import { minutes } from "#shared/time.ts";
import { makeKey } from "../../services/signer/key.ts";
import {
  engineSocket,
  ensureKilnImage,
  makeComposeDirectory,
  mirrorVolume,
  startCompose,
} from "../support/compose.ts";
import { engineCommand } from "../support/engine.ts";
import { installSigned } from "../support/install-signed.ts";
import { clientOf, pkgbuildOf, secret } from "../support/kiln.ts";
import { makeScratch } from "../support/scratch.ts";

const image = await ensureKilnImage();

const packages = ["stack-left", "stack-right"] as const;

const services = ["nats", "signer", "repo", "builder", "resolver", "scheduler", "verifier", "api"];

/** The stack as compose.yaml has it, with two builders of one slot each; nothing of it outlives the test. */
const startStack = async () => {
  await using resources = new AsyncDisposableStack();
  const folder = resources.use(
    await makeComposeDirectory({
      ...{ KILN_IMAGE: image, NATS_IMAGE: image, CADDY_IMAGE: image },
      ...{ HTTP_PORT: "127.0.0.1:", HTTPS_PORT: "127.0.0.1:" },
      ...{ DOMAIN: "localhost, kiln.example", CADDY_TLS: "tls internal" },
      ...{ DOCKER_SOCKET: engineSocket(), RUNNER_IMAGE: inject("runnerImage") },
      ...{ BUILDER_SLOTS: "1", BUILD_CLI: "false", REBUILD_PUBLISHED: "false" },
      SYNC_MIRROR: inject("mirror"),
    }),
  );
  const restart = Object.fromEntries(services.map((name) => [name, { restart: "no" }]));
  const override = {
    services: {
      ...restart,
      resolver: { restart: "no", volumes: [mirrorVolume()].filter(Boolean) },
      caddy: { restart: "no", networks: { front: { aliases: ["kiln.example"] } } },
    },
  };
  await writeFile(join(folder.path, "test.yaml"), JSON.stringify(override));
  const stack = resources.use(
    await startCompose(folder.path, ["compose.yaml", "test.yaml"], "--scale", "builder=2"),
  );
  const root = "/data/caddy/pki/authorities/local/root.crt";
  const { stdout: authority } = await stack.compose("exec", "-T", "caddy", "cat", root);
  const url = `https://localhost:${await stack.port("caddy", 443)}`;
  const owned = resources.move();
  return {
    ...stack,
    installInContainer: () => installBy(`${stack.project}_front`, authority),
    kiln: clientOf(url, { tls: { ca: authority } }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
};

/** What README says to do on a machine that is to install packages from there. */
const installation = `
set -e
printf %s "$AUTHORITY" > /usr/local/share/ca-certificates/kiln.crt
update-ca-certificates > /dev/null
curl -fsS -H "Authorization: ${secret}" https://kiln.example/key > /tmp/kiln.asc
pacman-key --add /tmp/kiln.asc
pacman-key --lsign-key "$(gpg --show-keys --with-colons /tmp/kiln.asc | sed -n 's/^fpr:*\\([0-9A-F]*\\):$/\\1/p' | head -n 1)"
printf '[options]\\nArchitecture = x86_64\\n[serene]\\nSigLevel = Required\\nServer = https://kiln.example/x86_64\\n' > /tmp/pacman.conf
mkdir -p /tmp/root/var/lib/pacman
pacman --config /tmp/pacman.conf --gpgdir /etc/pacman.d/gnupg --root /tmp/root --noconfirm -Sy ${packages.join(" ")}
cat ${packages.map((it) => `/tmp/root/usr/share/${it}/text`).join(" ")}
`;

/** By the real pacman, in a container of the runner image, as a machine that trusts Caddy's authority. */
const installBy = async (network: string, authority: string) => {
  const said = await engineCommand(
    ...["run", "--rm", "--network", network, "--env", `AUTHORITY=${authority}`],
    ...[inject("runnerImage"), "bash", "-c", installation],
  );
  return said.split("\n").slice(-packages.length);
};

test(
  "the stack is healthy, two builders build at the same time, and pacman installs through Caddy",
  async () => {
    await using stack = await startStack();
    const { kiln } = stack;
    const build = "until [[ -e /tmp/go ]]; do sleep 0.2; done";
    for (const pkgbase of packages) {
      const pkgbuild = pkgbuildOf(pkgbase, [], build);
      const source = { type: "raw", pkgbuild, devel: false };
      expect((await kiln.post("/package/add", { replace: false, source })).status).toBe(200);
    }

    // Each builder has one slot.
    for (const pkgbase of packages)
      await expect
        .poll(() => kiln.stepOf(pkgbase), { timeout: minutes(2) })
        .toContain("running :: kiln :: building");
    for (const pkgbase of packages) {
      const container = await engineCommand(
        "ps",
        "--quiet",
        "--filter",
        `label=kiln.pkgbase=${pkgbase}`,
      );
      await engineCommand("exec", container, "touch", "/tmp/go");
    }
    expect(await kiln.ends(...packages)).toEqual({
      "stack-left": { state: "success" },
      "stack-right": { state: "success" },
    });

    expect(await stack.installInContainer()).toEqual([...packages]);
    const { stdout: said } = await stack.compose("logs", "--no-color", "nats");
    expect(said).not.toContain("Violation");
  },
  minutes(12),
);

const example = resolve(import.meta.dirname, "../support/serene-compose.yaml");

/** serene's example with our image; and, as this machine is not everybody's, another socket, port and mirror. */
const makeSereneDirectory = async () => {
  const scratch = await makeScratch();
  const at = (path: string) => join(scratch.path, path);
  const text = await readFile(example, "utf8");
  const ours = text
    .replace(/image: .*/, `image: ${image}`)
    .replace("/var/run/docker.sock:", `${engineSocket()}:`)
    .replace('"8080:80"', '"127.0.0.1::80"');
  await writeFile(at("docker-compose.yml"), ours);
  const override = {
    version: "3.8",
    services: {
      serene: {
        restart: "no",
        environment: { SYNC_MIRROR: inject("mirror"), RUNNER_IMAGE: inject("runnerImage") },
        volumes: [mirrorVolume()].filter(Boolean),
      },
    },
  };
  await writeFile(at("test.yaml"), JSON.stringify(override));
  await mkdir(at("app"));
  await writeFile(at("app/authorized_secrets"), `${await hashOf(secret)} tests\n`, { mode: 0o600 });
  const key = await makeKey("serene", undefined, Date.now());
  await writeFile(at("app/sign_key.asc"), key, { mode: 0o600 });
  return scratch;
};

test(
  "serene's example compose file runs all of kiln with only its image changed, and not as root",
  async () => {
    await using directory = await makeSereneDirectory();
    await using stack = await startCompose(directory.path, ["docker-compose.yml", "test.yaml"]);
    const url = `http://127.0.0.1:${await stack.port("serene", 80)}`;

    const ends = await clientOf(url).ends("kiln-cli");
    const installed = await installSigned(url, ["kiln-cli"]);
    const { stdout: users } = await stack.compose("top", "serene");

    expect(ends).toEqual({ "kiln-cli": { state: "success" } });
    expect(installed).toEqual(["kiln-cli"]);
    const kilns = users.split("\n").filter((line) => line.includes("services/all.ts"));
    expect(kilns).not.toEqual([]);
    expect(kilns.filter((line) => line.startsWith("root"))).toEqual([]);
  },
  minutes(12),
);
