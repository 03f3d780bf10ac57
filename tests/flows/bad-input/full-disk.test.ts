import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { minutes } from "#shared/time.ts";
import { startAur } from "../../support/aur.ts";
import { installSigned } from "../../support/install-signed.ts";
import { makeDataDirectory, startKiln } from "../../support/kiln.ts";
import { startNats } from "../../support/nats.ts";
import {
  addPair,
  expectEachOnce,
  orderPair,
  pair,
  problemsOf,
  untilBuilding,
} from "../../support/pair.ts";
import { recipe } from "../../support/recipe.ts";
import { mountSmallDisk } from "../../support/small-disk.ts";
import { openSpy } from "../../support/spy.ts";
import { tell, untilTold } from "../../support/told.ts";

/** Files of a blob store that are not what their names say. */
const strayIn = async (directory: string) => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== "filler");
  const strays = await Promise.all(
    files.map(async ({ name, parentPath }) => {
      const content = await readFile(join(parentPath, name));
      return createHash("sha256").update(content).digest("hex") === name ? [] : [name];
    }),
  );
  return strays.flat();
};

test(
  "the disk under the blobs, a small loop device, is full while a package is built: it is kept when there is room, and not built again",
  async () => {
    await using nats = await startNats();
    await using data = await makeDataDirectory();
    const blobs = join(dirname(data.path), "blobs");
    await using disk = await mountSmallDisk(blobs, 96);
    const environment = { NATS_URL: nats.url, BLOBS_URL: `file:${blobs}` };
    await using kiln = await startKiln(data.path, environment);
    await using spy = await openSpy(nats.url);
    await addPair(kiln, untilTold);
    await orderPair(kiln);
    await untilBuilding(kiln, "pair-lib");

    await disk.fill();
    await tell("pair-lib");
    const logOf = async () => (await kiln.request("/package/pair-lib/build/latest/logs")).text();
    await expect
      .poll(logOf, { timeout: minutes(3) })
      .toContain(`waiting: no blob can be written into ${blobs} (ENOSPC)`);
    const problems = await problemsOf(kiln);
    const add = { type: "raw", pkgbuild: "pkgname=another", devel: false };
    const refused = await kiln.post("/package/add", { replace: false, source: add });
    const strays = await strayIn(blobs);
    await disk.empty();

    const lacks = expect.stringContaining(blobs);
    expect(problems).toEqual([
      503,
      {
        ready: false,
        problems: {
          builder: lacks,
          repo: lacks,
          resolver: lacks,
          scheduler: lacks,
          signer: lacks,
          verifier: lacks,
        },
      },
    ]);
    expect([refused.status, strays]).toEqual([503, []]);
    await expectEachOnce(kiln, spy, 1);
    expect(await problemsOf(kiln)).toEqual([200, { ready: true }]);
    expect(await strayIn(blobs)).toEqual([]);
    expect(await installSigned(kiln.url, ["pair-app"])).toEqual([...pair].sort());
  },
  minutes(12),
);

test.each([
  ["blobs", "no blob can be written into"],
  ["git's files", "git's files cannot be written into"],
])(
  "the disk under the %s is full while sources are fetched: that is no fault of theirs, and a build waits for its new source",
  async (what, refusal) => {
    await using aur = await startAur();
    await aur.add(recipe({ pkgbase: "old" }));
    await aur.add(recipe({ pkgbase: "new" }));
    await using data = await makeDataDirectory();
    const place = what === "blobs" ? join(dirname(data.path), "blobs") : join(data.path, "work");
    await using disk = await mountSmallDisk(place, 96);
    const environment = what === "blobs" ? { BLOBS_URL: `file:${place}` } : {};
    await using kiln = await startKiln(data.path, { AUR_URL: aur.url, ...environment });
    const add = async (source: object) => {
      const answer = await kiln.post("/package/add", { replace: false, build: false, source });
      return [answer.status, answer.ok ? "" : await answer.text()];
    };
    const added = await add({ type: "aur", name: "old" });
    await aur.update(recipe({ pkgbase: "old", version: "2-1" }));

    await disk.fill();
    const git = { type: "git", url: `${aur.url}/new.git`, devel: false };
    const refused = [await add({ type: "aur", name: "new" }), await add(git)];
    const order = { packages: ["old"], clean: false, resolve: true, force: true };
    const ordered = await kiln.post("/build", order);
    await expect.poll(() => kiln.lines.join("\n")).toContain(`"message":"${refusal} ${place}`);
    const waiting = await kiln.buildsOf("old");
    await disk.empty();

    expect(added).toEqual([200, ""]);
    expect(refused).toEqual(
      Array.from({ length: 2 }, () => [
        503,
        expect.stringContaining(`${refusal} ${place} (ENOSPC)`),
      ]),
    );
    expect(ordered.status).toBe(200);
    expect(waiting.map(({ state }) => state.state)).toEqual(["pending"]);
    expect(await kiln.ends("old")).toEqual({ old: { state: "success" } });
    expect((await kiln.buildsOf("old")).map(({ version }) => version)).toEqual(["2-1"]);
    expect(await add({ type: "aur", name: "new" })).toEqual([200, ""]);
  },
  minutes(5),
);
