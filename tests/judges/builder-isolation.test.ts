import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generateSrcinfo } from "#shared/messages/resolve.ts";
import { pkgbuildOf, requestOf, startBuilder } from "../support/builder.ts";
import { engineEnvironment } from "../support/engine.ts";
import { makeScratch } from "../support/scratch.ts";

/** A port of this host where nobody is expected, which counts who comes. */
const makeTrap = async () => {
  let visits = 0;
  const server = createServer((socket) => {
    visits += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    visits: () => visits,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
};

test("a PKGBUILD whose top level writes a file and opens a socket changes nothing outside", async () => {
  await using builder = await startBuilder(engineEnvironment());
  await using scratch = await makeScratch();
  await using trap = await makeTrap();
  const canary = join(scratch.path, "canary");
  const top = `mkdir -p ${scratch.path} && touch ${canary} && echo written >&2
for host in 127.0.0.1 172.17.0.1; do (exec 3<>/dev/tcp/$host/${trap.port}) && echo connected >&2; done
pkgdesc="$(ls /sys/class/net | tr '\\n' ' ')"`;
  const source = await builder.source({ PKGBUILD: pkgbuildOf("hostile", top) });
  const request = requestOf(source, "hostile");

  const srcinfo = await builder.ask(generateSrcinfo, { source, arch: "x86_64" });
  const finished = await builder.build(request);

  expect(srcinfo).toEqual({
    kind: "generated",
    srcinfo: expect.stringMatching(/pkgdesc = lo *\n/),
  });
  expect(finished?.outcome.kind).toBe("built");
  expect(builder.outputOf(request)).toContain("written\n");
  expect(builder.outputOf(request)).not.toContain("connected\n");
  expect([existsSync(canary), trap.visits()]).toEqual([false, 0]);
}, 120_000);

test("a build is nobody: no root, no capability, no engine, no process of another", async () => {
  await using builder = await startBuilder(engineEnvironment());
  const refused = (what: string, command: string) =>
    `if ${command} >/dev/null 2>&1; then echo "allowed: ${what}"; else echo "refused: ${what}"; fi`;
  const attempts = {
    sudo: "sudo -n true",
    su: "su -c true </dev/null",
    "a file of root": "touch /etc/canary",
    "the own repository": "touch /etc/pacman.d/kiln.conf",
    mount: "mount -t tmpfs none /mnt",
    "raw packets": "ping -c1 127.0.0.1",
    "a namespace": "unshare --user --map-root-user true",
    "the control group": "mkdir /sys/fs/cgroup/pids/canary",
    "the kernel": "head -c1 /proc/kcore",
    engine: "test -S /var/run/docker.sock -o -S /run/docker.sock",
    "the lease": "kill -9 $(pgrep -x cat)",
  };
  const lines = Object.entries(attempts).map(([what, command]) => refused(what, command));
  const body = `build() {\n${lines.join("\n")}\ngrep -E '^(CapEff|NoNewPrivs)' /proc/self/status\n}`;
  const source = await builder.source({ PKGBUILD: pkgbuildOf("nosy", body) });
  const request = requestOf(source, "nosy");

  const finished = await builder.build(request);

  const output = builder.outputOf(request);
  expect(finished?.outcome.kind).toBe("built");
  expect(output.match(/^(allowed|refused): .*$/gm)).toEqual(
    Object.keys(attempts).map((what) => `refused: ${what}`),
  );
  expect(output).toMatch(/CapEff:\s+0+\nNoNewPrivs:\s+1\n/);
}, 120_000);

test("one build leaves nothing for the next", async () => {
  await using builder = await startBuilder(engineEnvironment());
  const body = `build() { ls /tmp/canary "$SRCDEST/canary" && return 1; touch /tmp/canary "$SRCDEST/canary"; }`;
  const source = await builder.source({ PKGBUILD: pkgbuildOf("lasting", body) });

  const one = await builder.build(requestOf(source, "lasting"));
  const other = await builder.build(requestOf(source, "lasting"));

  expect([one?.outcome.kind, other?.outcome.kind]).toEqual(["built", "built"]);
}, 120_000);
