import type { Blobs } from "#shared/blobs/blobs.ts";
import { Fault } from "#shared/fault.ts";
import type { OwnRepository } from "#shared/messages/own-repository.ts";
import { readOwnPackages } from "#shared/own-packages.ts";
import { type Entry, fileEntry } from "./tar.ts";

const directory = "build/repository";

/** Where the key lies that kiln signs with. */
export const keyPath = "/root/kiln.asc";

/**
 * The section of pacman.conf(5) for kiln's own repository. A signed one is believed with its signature only,
 * an unsigned one as it is.
 */
export const dropIn = ({ name, publicKey }: OwnRepository, url: string | undefined) => {
  if (!/^[A-Za-z0-9@_+][A-Za-z0-9@._+-]*$/.test(name))
    throw new Fault("invalid", `${JSON.stringify(name)} is not a name for a repository`);
  const lines = [
    `[${name}]`,
    `SigLevel = ${publicKey === null ? "Never" : "Required"}`,
    `Server = ${url ?? `file:///${directory}`}`,
  ];
  return `${lines.join("\n")}\n`;
};

/**
 * The repository where the container has use for it: at a URL it may take anything, else only what was put there
 * for its dependencies, and where that is nothing pacman is spared reading thousands of entries.
 */
export const neededRepository = (repository: OwnRepository | null, url: string | undefined) =>
  url === undefined && repository && !repository.list && repository.packages.length === 0
    ? null
    : repository;

/** What makes pacman in the container know kiln's own repository; its files too, where no URL is given. */
export async function* repositoryEntries(
  blobs: Blobs,
  repository: OwnRepository,
  url: string | undefined,
): AsyncGenerator<Entry> {
  yield fileEntry("etc/pacman.d/kiln.conf", dropIn(repository, url));
  if (repository.publicKey !== null) yield fileEntry(keyPath.slice(1), repository.publicKey);
  if (url !== undefined) return;

  // Made here, as the engine would give directories without an entry to whom it likes.
  yield { kind: "directory", name: directory, owner: "root", mode: 0o755 };
  const packages = await readOwnPackages(blobs, repository);
  for (const { filename, blob } of [...repository.databases, ...packages])
    yield {
      kind: "file",
      name: `${directory}/${filename}`,
      owner: "root",
      mode: 0o644,
      bytes: blob.bytes,
      content: await blobs.read(blob.sha256),
    };
}
