import { randomBytes } from "node:crypto";
import { chmod, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createMessage, readKey, readSignature, verify } from "openpgp";
import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { sign } from "#shared/messages/sign.ts";
import type { BuildId } from "#shared/model.ts";
import { encodeDatabase, encodeFrame, endFrame } from "#shared/pacman/database-frame.ts";
import { parseDesc } from "#shared/pacman/desc.ts";
import { endOfArchive, tarMember } from "#shared/pacman/ustar.ts";
import { start } from "#shared/service/start.ts";
import { signatures, signingKeys } from "#shared/state/signatures.ts";
import { signer } from "../../../services/signer/service.ts";
import { insertBuild } from "../../support/builds.ts";
import { makeWorld } from "../../support/world.ts";

const setup = async (environment: Record<string, string> = { SIGN_KEY_GENERATE: "true" }) => {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await makeWorld());
  const running = stack.use(
    await start(signer, { DATA_DIR: world.directory, ...environment }, world),
  );
  const resources = stack.move();
  const content = randomBytes(1000);
  const blob = await world.blobs.put(content);
  return {
    world,
    running,
    content,
    blob,
    keyFile: join(world.directory, "sign_key.asc"),
    askFor: (build: BuildId) => world.ask(sign, { kind: "artifact", build, blob }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

const entryOf = (name: string, sha256: string, signature: string) => ({
  directory: `${name}-1-1`,
  desc: parseDesc(
    `%FILENAME%\n${name}-1-1-any.pkg.tar.zst\n\n%NAME%\n${name}\n\n%VERSION%\n1-1\n\n%SHA256SUM%\n${sha256}\n\n%PGPSIG%\n${signature}\n\n%ARCH%\nany\n\n`,
  ),
});

test("an artifact of a build that is being published is signed with the key announced", async () => {
  await using it = await setup();
  const build = await insertBuild(it.world, { artifacts: [{ filename: "a", ...it.blob }] });

  const answer = await it.askFor(build);

  const [key] = await it.world.state.read.select().from(signingKeys);
  const verified = await verify({
    message: await createMessage({ binary: it.content }),
    signature: await readSignature({
      binarySignature: Buffer.from(answer.kind === "signed" ? answer.signature : "", "base64"),
    }),
    verificationKeys: await readKey({ armoredKey: key?.publicKey ?? "" }),
    date: new Date(it.world.clock.at),
  });
  expect(answer).toMatchObject({ kind: "signed", fingerprint: key?.fingerprint });
  expect(await verified.signatures[0]?.verified).toBe(true);
});

test("asked twice, the same signature is given", async () => {
  await using it = await setup();
  const build = await insertBuild(it.world, { artifacts: [{ filename: "a", ...it.blob }] });

  const answers = [await it.askFor(build), await it.askFor(build)];

  expect(answers[1]).toEqual(answers[0]);
  expect(await it.world.state.read.$count(signatures)).toBe(1);
});

test.each(["pending", "running", "failure", "fatal", "cancelled"] as const)(
  "what a %s build made is not signed",
  async (state) => {
    await using it = await setup();
    const build = await insertBuild(it.world, {
      state,
      artifacts: [{ filename: "a", ...it.blob }],
    });

    const asked = it.askFor(build);

    await expect(asked).rejects.toMatchObject({
      kind: "forbidden",
      message: `build ${build} is ${state}, expected one being published`,
    });
  },
);

test("a blob that the build's record does not name is not signed, whoever else made it", async () => {
  await using it = await setup();
  await insertBuild(it.world, { artifacts: [{ filename: "a", ...it.blob }] });
  const other = await insertBuild(it.world, { pkgbase: "other", artifacts: [] });

  const asked = it.askFor(other);

  await expect(asked).rejects.toMatchObject({ kind: "forbidden" });
  expect(await it.world.state.read.$count(signatures)).toBe(0);
});

test("a blob with a flipped bit is not signed", async () => {
  await using it = await setup();
  const build = await insertBuild(it.world, { artifacts: [{ filename: "a", ...it.blob }] });
  const { path } = await it.world.blobs.file(it.blob.sha256);
  const damaged = await readFile(path);
  damaged[500] = (damaged[500] ?? 0) ^ 1;
  await chmod(path, 0o644);
  await writeFile(path, damaged);

  const asked = it.askFor(build);

  await expect(asked).rejects.toMatchObject({ kind: "invalid" });
  expect(await it.world.state.read.$count(signatures)).toBe(0);
});

test("a database is signed when every entry has the signature that was made for it", async () => {
  await using it = await setup();
  const build = await insertBuild(it.world, { artifacts: [{ filename: "a", ...it.blob }] });
  const answer = await it.askFor(build);
  const signature = answer.kind === "signed" ? answer.signature : "";
  const database = await it.world.blobs.put(
    encodeDatabase([entryOf("a", it.blob.sha256, signature)], "db"),
  );

  const signed = await it.world.ask(sign, { kind: "database", blob: database });

  expect(signed).toMatchObject({ kind: "signed" });
});

test.each([
  ["an entry nobody asked to sign", "0".repeat(64), (signature: string) => signature],
  ["an entry with another signature", undefined, () => "iHUEABYKAB0"],
])("a database with %s is not signed", async (_name, sha256, change) => {
  await using it = await setup();
  const build = await insertBuild(it.world, { artifacts: [{ filename: "a", ...it.blob }] });
  const answer = await it.askFor(build);
  const signature = change(answer.kind === "signed" ? answer.signature : "");
  const database = await it.world.blobs.put(
    encodeDatabase([entryOf("a", sha256 ?? it.blob.sha256, signature)], "db"),
  );

  const asked = it.world.ask(sign, { kind: "database", blob: database });

  await expect(asked).rejects.toMatchObject({ kind: "forbidden" });
});

test("a database is signed by its frames, and each of them is read", async () => {
  await using it = await setup();
  const build = await insertBuild(it.world, { artifacts: [{ filename: "a", ...it.blob }] });
  const answer = await it.askFor(build);
  const signature = answer.kind === "signed" ? answer.signature : "";
  const good = await it.world.blobs.put(
    encodeFrame([entryOf("a", it.blob.sha256, signature)], "db"),
  );
  const bad = await it.world.blobs.put(
    encodeFrame([entryOf("b", "0".repeat(64), signature)], "db"),
  );
  const bytes = async (sha256: string) => it.world.blobs.bytes(sha256);
  const whole = await it.world.blobs.put(Buffer.concat([await bytes(good.sha256), endFrame]));
  const mixed = await it.world.blobs.put(
    Buffer.concat([await bytes(good.sha256), await bytes(bad.sha256), endFrame]),
  );
  const ask = (blob: typeof whole, ...frames: (typeof whole)[]) =>
    it.world.ask(sign, { kind: "database", blob, frames });

  const signed = await ask(whole, good);

  expect(signed).toMatchObject({ kind: "signed" });
  await expect(ask(mixed, good, bad)).rejects.toThrow("is not signed by");
  await expect(ask(mixed, good)).rejects.toThrow("is not made of the frames");
});

test.each([
  ["a file that is no database", Buffer.from("#!/bin/sh\n"), "invalid"],
  [
    "a database with a file beside its entries",
    Buffer.concat([tarMember("a-1-1/"), tarMember("a-1-1/other", "x"), endOfArchive]),
    "forbidden",
  ],
])("%s is not signed", async (_name, content, kind) => {
  await using it = await setup();
  const database = await it.world.blobs.put(content);

  const asked = it.world.ask(sign, { kind: "database", blob: database });

  await expect(asked).rejects.toMatchObject({ kind });
});

test("without a key kiln serves unsigned, and a key dropped in later signs at once", async () => {
  await using it = await setup({});
  await using other = await setup();
  const build = await insertBuild(it.world, { artifacts: [{ filename: "a", ...it.blob }] });

  const before = await it.askFor(build);
  await writeFile(it.keyFile, await readFile(other.keyFile));
  const after = await it.askFor(build);

  expect(before).toEqual({ kind: "unsigned" });
  expect(after).toMatchObject({ kind: "signed" });
  await expect(it.running.health()).resolves.toBeUndefined();
});

test("a key file that is no key keeps everything from being published unsigned", async () => {
  await using it = await setup({});
  await writeFile(it.keyFile, "not a key");
  const build = await insertBuild(it.world, { artifacts: [{ filename: "a", ...it.blob }] });

  const asked = it.askFor(build);

  const message = `${it.keyFile} cannot sign: it holds no OpenPGP key; export one with gpg --armor --export-secret-keys`;
  await expect(asked).rejects.toMatchObject({ kind: "invalid", message });
  await expect(it.running.health()).rejects.toMatchObject({ kind: "unavailable", message });
});

test("a generated key is readable by its owner alone, and is encrypted where there is a password", async () => {
  await using it = await setup({ SIGN_KEY_GENERATE: "true", SIGN_KEY_PASSWORD: "secret" });
  await using stranger = await setup({});

  await writeFile(stranger.keyFile, await readFile(it.keyFile));

  expect((await stat(it.keyFile)).mode & 0o777).toBe(0o600);
  await expect(it.running.health()).resolves.toBeUndefined();
  await expect(stranger.running.health()).rejects.toThrow("is encrypted; set SIGN_KEY_PASSWORD");
});

test("a key taken away is no longer announced", async () => {
  await using it = await setup();
  await rm(it.keyFile);
  await using again = await start(signer, { DATA_DIR: it.world.directory }, it.world);

  await expect.poll(() => it.world.state.read.$count(signingKeys)).toBe(0);
  await expect(again.health()).resolves.toBeUndefined();
});

test("a signer that cannot get at the files to sign is not ready", async () => {
  await using world = await makeWorld();
  const away = new Fault("unavailable", "the bucket does not answer");
  const blobs = { ...world.blobs, ping: () => Promise.reject(away) };

  await using it = await start(signer, { DATA_DIR: world.directory }, { ...world, blobs });

  await expect(it.health()).rejects.toBe(away);
});
