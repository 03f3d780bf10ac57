import { chmod } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { minutes } from "#shared/time.ts";
import { makeDataDirectory, pkgbuildOf, startKiln } from "../support/kiln.ts";
import { runProgram } from "../support/program.ts";

/** Runs a program as `nobody`: a user of the machine without rights in kiln. */
const asNobody = async (...argv: string[]) => {
  const user = ["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"];
  const { stdout } = await execa("setpriv", [...user, ...argv], { reject: false });
  return stdout;
};

/** Names below the data directory's entries that `nobody` can read or list, outside the repository. */
const openIn = async (directory: string) => {
  // Root lists the files, since `nobody` cannot; then `nobody` tries each.
  const all = await runProgram("find", [directory, "-mindepth", "1", "-print0"]);
  const tried = 'while IFS= read -r -d "" it; do [[ -r $it ]] && echo "$it"; done; true';
  const user = ["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"];
  const { stdout } = await execa("setpriv", [...user, "bash", "-c", tried], { input: all });
  return stdout
    .split("\n")
    .map((path) => path.slice(directory.length + 1))
    .filter((path) => path !== "" && !/^repository(\/|$)/.test(path));
};

const addPackage = (kiln: Awaited<ReturnType<typeof startKiln>>) =>
  kiln.post("/package/add", {
    replace: false,
    source: { type: "raw", pkgbuild: pkgbuildOf("secretive"), devel: false },
  });

test(
  "another user of the machine reads the repository in DATA_DIR and nothing else, also where an earlier version let them",
  async () => {
    await using data = await makeDataDirectory();
    await chmod(dirname(data.path), 0o711);
    {
      await using kiln = await startKiln(data.path);
      expect((await addPackage(kiln)).status).toBe(200);
      expect(await kiln.ends("secretive")).toEqual({ secretive: { state: "success" } });
      expect(await openIn(data.path)).toEqual([]);
    }
    // As 0.1.0 made them.
    await runProgram("chmod", ["-R", "go+rX", data.path]);
    const before = await openIn(data.path);

    await using kiln = await startKiln(data.path);
    const after = await openIn(data.path);
    const repository = join(data.path, "repository");
    const ofFiles = ["-mindepth", "1", "-maxdepth", "1", "-type", "f", "-printf", "%f\\n"];
    const served = (await asNobody("find", "-L", repository, ...ofFiles)).split("\n");
    const read = await Promise.all(
      served.map((name) => asNobody("sha256sum", join(repository, name))),
    );

    expect(kiln.lines).not.toEqual([]);
    expect(before).toEqual(expect.arrayContaining(["state.db", "blobs", "authorized_secrets"]));
    expect(after).toEqual([]);
    expect(served).toEqual(
      expect.arrayContaining(["secretive-1-1-any.pkg.tar.zst", "serene.db", "serene.db.sig"]),
    );
    expect(read).toEqual(read.map(() => expect.stringMatching(/^[0-9a-f]{64} /)));
    expect(await asNobody("ls", data.path)).toBe("");
  },
  minutes(5),
);
