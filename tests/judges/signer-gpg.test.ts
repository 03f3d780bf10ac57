import { randomBytes } from "node:crypto";
import { chmod, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sign } from "#shared/messages/sign.ts";
import { start } from "#shared/service/start.ts";
import { signingKeys } from "#shared/state/signatures.ts";
import { connectGpg } from "../../services/signer/gpg.ts";
import { signer } from "../../services/signer/service.ts";
import { insertBuild } from "../support/builds.ts";
import { makeGpgHome } from "../support/gpg-home.ts";
import { runProgram } from "../support/program.ts";
import { programs } from "../support/programs.ts";
import { makeScratch } from "../support/scratch.ts";
import { mountSmallDisk } from "../support/small-disk.ts";
import { makeWorld } from "../support/world.ts";

const setup = async (environment: Record<string, string> = {}, key?: string) => {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await makeWorld());
  world.clock.at = Date.now();
  const keyFile = join(world.directory, "sign_key.asc");
  if (key !== undefined) await writeFile(keyFile, key);
  const running = stack.use(
    await start(signer, { DATA_DIR: world.directory, ...environment }, world),
  );
  const user = stack.use(await makeGpgHome());
  const resources = stack.move();

  const signContent = async (content: Uint8Array) => {
    const blob = await world.blobs.put(content);
    const build = await insertBuild(world, {
      pkgbase: `p${blob.sha256}`,
      artifacts: [{ filename: "a", ...blob }],
    });
    const answer = await world.ask(sign, { kind: "artifact", build, blob });
    if (answer.kind !== "signed") throw new Error("not signed");
    const { path } = await world.blobs.file(blob.sha256);
    await writeFile(`${world.directory}/${blob.sha256}.sig`, answer.signature, "base64");
    return { path, signature: `${world.directory}/${blob.sha256}.sig` };
  };
  return {
    world,
    running,
    keyFile,
    signContent,
    /** What gpg says of a signature to somebody who has imported the key that is served. */
    async judge(content: Uint8Array) {
      const { path, signature } = await signContent(content);
      const [row] = await world.state.read.select().from(signingKeys);
      await writeFile(`${world.directory}/key.asc`, row?.publicKey ?? "");
      await user.gpg("--import", `${world.directory}/key.asc`);
      const status = await user.gpg("--status-fd", "1", "--verify", signature, path);
      const packets = await user.gpg("--list-packets", signature);
      return {
        good: status.includes("GOODSIG"),
        primary: / ([0-9A-F]{40})$/m.exec(status)?.[1],
        version: /version (\d)/.exec(packets)?.[1],
        sigclass: /sigclass (0x\d\d)/.exec(packets)?.[1],
        digest: /digest algo (\d+)/.exec(packets)?.[1],
      };
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

const small = randomBytes(4_000);
const large = Buffer.alloc(17 * 1024 * 1024, 7);

test.each([
  ["small", small],
  ["large", large],
])("gpg finds a %s file's signature good: v4, binary, SHA-512", async (_name, content) => {
  await using it = await setup({ SIGN_KEY_GENERATE: "true" });

  const verdict = await it.judge(content);

  expect(verdict).toEqual({
    good: true,
    primary: expect.stringMatching(/^[0-9A-F]{40}$/),
    version: "4",
    sigclass: "0x00",
    digest: "10",
  });
});

test.each([
  ["rsa2048", "sign", ""],
  ["rsa3072", "default", ""],
  ["ed25519", "sign", ""],
  ["dsa2048", "sign", ""],
  ["nistp256", "sign", ""],
  ["rsa2048", "sign", "open sesame"],
])("a key of gpg's own (%s %s %j) signs small and large files", async (...key) => {
  await using home = await makeGpgHome();
  const [algorithm, usage, password] = key;
  const fingerprint = await home.make(algorithm, usage, { password });
  await using it = await setup({ SIGN_KEY_PASSWORD: password }, await home.secretKey(password));

  const verdicts = [await it.judge(small), await it.judge(large)];

  const good = { good: true, primary: fingerprint, version: "4", sigclass: "0x00", digest: "10" };
  expect(verdicts).toEqual([good, good]);
});

test("a signing subkey signs, its primary key kept elsewhere", async () => {
  await using home = await makeGpgHome();
  const fingerprint = await home.make("ed25519", "cert");
  await home.gpg("--passphrase", "", "--quick-add-key", fingerprint, "ed25519", "sign", "1y");
  await using it = await setup({}, await home.gpg("--armor", "--export-secret-subkeys"));

  const verdicts = [await it.judge(small), await it.judge(large)];

  expect(verdicts).toMatchObject([
    { good: true, primary: fingerprint },
    { good: true, primary: fingerprint },
  ]);
});

test.each(["", "open sesame"])(
  "what a gpg-agent at S.gpg-agent holds signs, the key file having only its public part (password %j)",
  async (password) => {
    await using home = await makeGpgHome();
    const fingerprint = await home.make("ed25519", "sign", { password });
    await using it = await setup(
      { SIGN_KEY_PASSWORD: password },
      await home.gpg("--armor", "--export"),
    );
    expect(await it.running.health().catch(String)).toContain("no secret key");

    // It keeps a password that was given to it.
    await runProgram("gpgconf", ["--homedir", home.path, "--kill", "gpg-agent"]);
    await runProgram("gpgconf", ["--homedir", home.path, "--launch", "gpg-agent"]);
    const socket = await runProgram("gpgconf", [
      ...["--homedir", home.path, "--list-dirs", "agent-socket"],
    ]);
    await symlink(socket.trim(), join(it.world.directory, "S.gpg-agent"));
    const verdicts = [await it.judge(small), await it.judge(large)];

    const good = { good: true, primary: fingerprint, version: "4", sigclass: "0x00", digest: "10" };
    expect(verdicts).toEqual([good, good]);
  },
);

test("a large file with a flipped bit gets no signature", async () => {
  await using it = await setup({ SIGN_KEY_GENERATE: "true" });
  const blob = await it.world.blobs.put(large);
  const { path } = await it.world.blobs.file(blob.sha256);
  await chmod(path, 0o644);
  await writeFile(path, Buffer.from(large).fill(8, 500, 501));
  const build = await insertBuild(it.world, { artifacts: [{ filename: "a", ...blob }] });

  const asked = it.world.ask(sign, { kind: "artifact", build, blob });

  await expect(asked).rejects.toMatchObject({ kind: "invalid" });
});

test("no agent is left when a large file is signed", async () => {
  await using it = await setup({ SIGN_KEY_GENERATE: "true" });

  await it.judge(large);

  const processes = await runProgram("ps", ["-eo", "args"]);
  expect(processes).not.toContain(it.world.directory);
});

type Home = Awaited<ReturnType<typeof makeGpgHome>>;
const bad: readonly (readonly [string, (home: Home) => Promise<string>, string])[] = [
  ["an RSA key of 1024 bits", (home) => home.make("rsa1024", "sign"), "has 1024 bits"],
  ["a DSA key of 1024 bits", (home) => home.make("dsa1024", "sign"), "has 1024 bits"],
  [
    "an expired key",
    (home) => home.make("ed25519", "sign", { at: "20200101T000000", expiry: "1d" }),
    "expired on 2020-01-02",
  ],
  [
    "a revoked key",
    async (home) => {
      const fingerprint = await home.make("ed25519", "sign");
      await home.revoke(fingerprint);
      return fingerprint;
    },
    "is revoked",
  ],
  ["a key that only certifies", (home) => home.make("ed25519", "cert"), "cannot sign"],
];

test.each(bad)("%s is refused with the reason, in health too", async (_name, make, reason) => {
  await using home = await makeGpgHome();
  const fingerprint = await make(home);
  await using it = await setup({}, await home.secretKey());

  const asked = it.signContent(small);

  const message = expect.stringContaining(reason);
  await expect(asked).rejects.toMatchObject({ kind: "invalid", message });
  await expect(it.running.health()).rejects.toMatchObject({ kind: "unavailable", message });
  await expect(it.running.health()).rejects.toThrow(fingerprint);
});

test.each([
  ["no password", {}, "is encrypted; set SIGN_KEY_PASSWORD"],
  ["a wrong password", { SIGN_KEY_PASSWORD: "wrong" }, "SIGN_KEY_PASSWORD does not open key"],
])("an encrypted key with %s is refused", async (_name, environment, reason) => {
  await using home = await makeGpgHome();
  await home.make("ed25519", "sign", { password: "open sesame" });
  await using it = await setup(environment, await home.secretKey("open sesame"));

  await expect(it.running.health()).rejects.toThrow(reason);
});

test("a public key alone is refused", async () => {
  await using home = await makeGpgHome();
  await home.make("ed25519", "sign");
  await using it = await setup({}, await home.gpg("--armor", "--export"));

  await expect(it.running.health()).rejects.toThrow("it holds no secret key");
});

test("a full disk under gpg's files is trouble that passes", async () => {
  await using scratch = await makeScratch();
  const place = join(scratch.path, "gnupg");
  await using disk = await mountSmallDisk(place, 8);
  const gpg = await connectGpg(place, {
    password: undefined,
    now: Date.now,
    socket: join(place, "S.gpg-agent"),
    environment: programs,
  });
  const key = {
    kind: "usable" as const,
    fingerprint: "",
    signer: "",
    publicKey: "",
    armoured: "",
    inAgent: false,
    sign: async () => new Uint8Array(),
  };
  await disk.fill();

  await expect(gpg.sign("/etc/hostname", key)).rejects.toMatchObject({
    kind: "unavailable",
    message: `gpg's files cannot be written into ${place} (ENOSPC); mend that`,
  });
});
