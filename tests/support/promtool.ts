import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { execa } from "execa";

const directory = resolve(import.meta.dirname, "../../.cache/promtool");

/**
 * Prometheus's own checker. On Debian it comes with a server that would start when installed, so it is taken out
 * of its package and kept in the checkout.
 */
export const findPromtool = async () => {
  const installed = await execa("sh", ["-c", "command -v promtool"], { reject: false });
  if (installed.exitCode === 0) return installed.stdout;
  const place = join(directory, "promtool");
  if (!(await stat(place).catch(() => undefined))) await unpackTo(place);
  return place;
};

const unpackTo = async (place: string) => {
  await mkdir(directory, { recursive: true });
  const scratch = await mkdtemp(join(directory, "unpacking-"));
  try {
    await download(scratch);
    const unpack =
      'dpkg-deb --fsys-tarfile "$1"/prometheus_*.deb | tar -x -C "$1" ./usr/bin/promtool';
    await execa("bash", ["-o", "pipefail", "-c", unpack, "bash", scratch]);
    await rename(join(scratch, "usr/bin/promtool"), place);
  } finally {
    await rm(scratch, { recursive: true });
  }
};

/** A fresh machine has no lists of packages yet. */
const download = async (cwd: string) => {
  const get = () => promisify(execFile)("apt-get", ["download", "prometheus"], { cwd });
  try {
    await get();
  } catch {
    await promisify(execFile)("apt-get", ["update"]);
    await get();
  }
};

/** What promtool finds wrong with a text of metrics; nothing when it finds nothing. */
export const checkMetrics = async (text: string) => {
  const { all } = await execa(await findPromtool(), ["check", "metrics"], {
    input: text,
    all: true,
    reject: false,
  });
  return all;
};
