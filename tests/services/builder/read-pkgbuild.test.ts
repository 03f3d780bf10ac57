import { chmod, rm, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { generateSrcinfo } from "#shared/messages/resolve.ts";
import { openWith } from "../../../services/builder/context.ts";
import { startBuilder } from "../../support/builder.ts";
import { fakeEngine } from "../../support/fake-containers.ts";

const setup = async (fakes: Parameters<typeof fakeEngine>[0]) => {
  const fake = fakeEngine(fakes);
  const builder = await startBuilder({}, { open: (base) => openWith(fake.engine, base) });
  const source = await builder.source({ PKGBUILD: "pkgname=app" });
  return {
    ...fake,
    place: builder.blobs.placeOf(source.sha256),
    ask: () => builder.ask(generateSrcinfo, { source, arch: "x86_64" }),
    [Symbol.asyncDispose]: () => builder[Symbol.asyncDispose](),
  };
};

test("a PKGBUILD is read as the build user, in a container without network", async () => {
  await using it = await setup({
    behaviour: () => ({ stdout: "pkgbase = app\n", stderr: "a warning\n" }),
  });

  expect(await it.ask()).toEqual({ kind: "generated", srcinfo: "pkgbase = app\n" });
  expect(it.ran).toEqual([["build", "makepkg --printsrcinfo"]]);
  expect(it.specs.map(({ network }) => network)).toEqual([false]);
  expect(it.open()).toBe(0);
});

test("a PKGBUILD that cannot be read says what makepkg said", async () => {
  await using it = await setup({
    behaviour: () => ({ stderr: "==> ERROR: no\n", exit: { kind: "exited", code: 12 } }),
  });

  expect(await it.ask()).toEqual({ kind: "failed", log: "==> ERROR: no" });
});

test.each([
  "curl: (6) Could not resolve host: example.org",
  "fatal: unable to access 'https://example.org/x.git/': Could not resolve host: example.org",
  "bash: connect: Network is unreachable",
])("of a PKGBUILD that prints %s while it is read, the answer names the network", async (line) => {
  await using it = await setup({
    behaviour: () => ({ stderr: `${line}\n`, exit: { kind: "exited", code: 1 } }),
  });

  expect(await it.ask()).toEqual({
    kind: "failed",
    log: `${line}\nthe PKGBUILD uses the network while it is read, where it has none; fetch in source=(), prepare() or pkgver()`,
  });
});

test("a .SRCINFO that no message can hold is refused", async () => {
  await using it = await setup({ behaviour: () => ({ stdout: "x".repeat(200 * 1024) }) });

  expect(await it.ask()).toEqual({ kind: "failed", log: "the .SRCINFO is over 192 KiB" });
});

test("a lost or damaged source is no fault of the PKGBUILD", async () => {
  await using damaged = await setup({});
  await chmod(damaged.place, 0o644);
  await writeFile(damaged.place, "no tar");
  await using lost = await setup({});
  await rm(lost.place);

  await expect(damaged.ask()).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("is damaged"),
  });
  await expect(lost.ask()).rejects.toMatchObject({ kind: "unavailable" });
  expect([damaged.specs, lost.specs]).toEqual([[], []]);
});

test("a missing image is no fault of the PKGBUILD", async () => {
  await using it = await setup({
    start: async () => {
      throw new Fault("missing", "runner image x is not there");
    },
  });

  await expect(it.ask()).rejects.toMatchObject({
    kind: "unavailable",
    message: "runner image x is not there",
  });
});
