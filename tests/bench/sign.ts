import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openBlobs } from "#shared/blobs/open.ts";
import { connectJetStream } from "#shared/bus/jetstream.ts";
import { messages } from "#shared/messages/index.ts";
import { sign } from "#shared/messages/sign.ts";
import { openState } from "#shared/state/open.ts";
import { signatures } from "#shared/state/signatures.ts";
import { makeKey } from "../../services/signer/key.ts";
import { insertBuild } from "../support/builds.ts";
import { freePort } from "../support/free-port.ts";
import { makeGpgHome } from "../support/gpg-home.ts";
import { startNats } from "../support/nats.ts";
import { makeScratch } from "../support/scratch.ts";
import { silentLog } from "../support/world.ts";
import { mebibytes, median, memoryOf, ms, report, timed, untilServed } from "./measure.ts";

// How long the signer takes for a file of 1 GB, and how much memory, beside gpg --detach-sign with the same key.
// Run by hand: bun tests/bench/sign.ts [runs]

const runs = Number(process.argv[2] ?? 3);
const size = 1024 ** 3;

async function* content() {
  const piece = Buffer.alloc(1024 ** 2);
  for (let at = 0; at < size; at += piece.byteLength) {
    piece.writeUInt32LE(at >>> 10);
    yield piece;
  }
}

/** The signer as a process of its own. */
const startSigner = async (directory: string, natsUrl: string) => {
  const port = await freePort();
  const program = ["--pdeathsig", "KILL", "--", process.execPath, "services/signer/service.ts"];
  const child = spawn("setpriv", program, {
    cwd: resolve(import.meta.dirname, "../.."),
    env: {
      ...process.env,
      DATA_DIR: directory,
      NATS_URL: natsUrl,
      PORT: String(port),
      LOG_LEVEL: "error",
    },
    stdio: ["ignore", "inherit", "inherit"],
  });
  await untilServed(`http://127.0.0.1:${port}/readyz`);
  return {
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
};

/** Bytes of memory that a child has; one that is only forked still has its parent's, and none of its own. */
const heldBy = async (child: number, parent: number) => {
  try {
    const [own, parents] = await Promise.all(
      [child, parent].map((pid) => readlink(`/proc/${pid}/exe`)),
    );
    return own === parents ? 0 : (await memoryOf(child)).now || 0;
  } catch {
    return 0;
  }
};

/** The most that the programs it started held at a time, as far as looks every 20 ms tell. */
const watchChildren = (pid: number) => {
  let most = 0;
  const look = async () => {
    const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
    const pids = text.trim().split(" ").filter(Boolean).map(Number);
    const held = await Promise.all(pids.map((child) => heldBy(child, pid)));
    most = Math.max(
      most,
      held.reduce((sum, bytes) => sum + bytes, 0),
    );
  };
  const timer = setInterval(() => void look(), 20);
  return {
    most: () => most,
    [Symbol.dispose]: () => clearInterval(timer),
  };
};

await using scratch = await makeScratch();
const directory = join(scratch.path, "data");
await mkdir(directory);
const armoured = await makeKey("bench", undefined, Date.now() - 60_000);
await writeFile(join(directory, "sign_key.asc"), armoured, { mode: 0o600 });
await using state = await openState(`file:${join(directory, "state.db")}`);
const blobs = await openBlobs(`file:${join(directory, "blobs")}`);
const blob = await blobs.put(content());
const { path } = await blobs.file(blob.sha256);
const build = await insertBuild(
  { state, now: Date.now },
  { artifacts: [{ filename: "large", ...blob }] },
);

await using nats = await startNats();
await using bus = await connectJetStream({ servers: nats.url, messages, log: silentLog });
await using user = await makeGpgHome();
await writeFile(join(scratch.path, "key.asc"), armoured);
await user.gpg("--import", join(scratch.path, "key.asc"));

await using signer = await startSigner(directory, nats.url);
using children = watchChildren(signer.pid);
const before = await memoryOf(signer.pid);
const ours: number[] = [];
const theirs: number[] = [];
for (let run = 0; run < runs; run++) {
  await state.write(async (tx) => void (await tx.delete(signatures)));
  ours.push(
    await timed(async () => {
      const answer = await bus.ask(sign, { kind: "artifact", build, blob });
      if (answer.kind !== "signed") throw new Error("not signed");
      await writeFile(join(scratch.path, "ours.sig"), answer.signature, "base64");
    }),
  );
  await user.gpg("--verify", join(scratch.path, "ours.sig"), path);
  const output = join(scratch.path, "theirs.sig");
  await rm(output, { force: true });
  const args = ["--digest-algo", "SHA512", "--output", output, "--detach-sign", path];
  theirs.push(await timed(() => user.gpg(...args)));
}
const { peak } = await memoryOf(signer.pid);
const ratio = median(theirs) / median(ours);
report("Signing a file of 1 GB", [
  {
    what: `the signer, median of ${runs}`,
    kiln: ms(median(ours)),
    beside: `gpg --detach-sign: ${ms(median(theirs))}`,
    wanted: "at least 0.8 times as fast",
    reached: ratio >= 0.8,
  },
  { what: "times as fast as gpg", kiln: ratio.toFixed(2) },
  {
    what: `resident at most, the gpg it runs included (${mebibytes(before.now)} before)`,
    kiln: mebibytes(peak + children.most()),
    wanted: "under 150 MB",
    reached: peak + children.most() < 150e6,
  },
  { what: "of that, gpg and its agent", kiln: mebibytes(children.most()) },
]);
