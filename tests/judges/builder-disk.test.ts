import { expect, test } from "vitest";
import { generateSrcinfo } from "#shared/messages/resolve.ts";
import { minutes } from "#shared/time.ts";
import { pkgbuildOf, requestOf, startBuilder } from "../support/builder.ts";
import { containersWith, engineEnvironment } from "../support/engine.ts";

/** Writes so many MiB, in pieces that take their time. */
const write = (mebibytes: number, path: string) =>
  `for ((i = 0; i < ${mebibytes / 16}; i++)); do head -c 16M /dev/zero >> ${path}; sleep 0.1; done`;

test(
  "a build that writes more than BUILD_DISK is ended, and its container is gone; one within it is not",
  async () => {
    await using builder = await startBuilder({ ...engineEnvironment(), BUILD_DISK: "128" });
    const build = async (pkgbase: string, mebibytes: number) => {
      const body = `build() { ${write(mebibytes, '"$srcdir/large"')}; sleep 3; }`;
      const source = await builder.source({ PKGBUILD: pkgbuildOf(pkgbase, body) });
      const request = requestOf(source, pkgbase);
      const finished = await builder.build(request);
      return { outcome: finished?.outcome, request };
    };

    const small = await build("small", 32);
    const large = await build("large", 4_096);

    expect(small.outcome?.kind).toBe("built");
    expect(large.outcome).toEqual({
      kind: "broken",
      step: "build",
      message: "the build wrote over the 128 MiB of disk that it may use (BUILD_DISK)",
    });
    await expect
      .poll(() => containersWith(`kiln.build=${large.request.build}`), { timeout: minutes(1) })
      .toEqual([]);
  },
  minutes(5),
);

test(
  "a PKGBUILD that fills the disk while it is read is refused, whatever a build may write",
  async () => {
    await using builder = await startBuilder(engineEnvironment());
    const top = `${write(8_192, "/tmp/large")}`;
    const source = await builder.source({ PKGBUILD: pkgbuildOf("filler", top) });

    const answer = await builder.ask(generateSrcinfo, { source, arch: "x86_64" });

    expect(answer).toEqual({
      kind: "failed",
      log: "the PKGBUILD wrote over 512 MiB while it was read",
    });
  },
  minutes(5),
);

test("no build starts on an engine whose disk has less room than is kept free", async () => {
  await using builder = await startBuilder({
    ...engineEnvironment(),
    RUNNER_DISK_RESERVE: "1000000000",
  });

  await expect(builder.running.health()).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringMatching(
      /^the container engine's disk has \d+ MiB left, expected at least 1000000000 \(RUNNER_DISK_RESERVE\): make room there$/,
    ),
  });
});
