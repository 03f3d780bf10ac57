import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDirectory } from "../../../services/repo/directory.ts";
import { makeWorld } from "../../support/world.ts";

test("a place that cannot be written to is trouble that passes", async () => {
  await using world = await makeWorld();
  const directory = await openDirectory(world.directory, world.newId);
  const root = join(world.directory, "repository");
  await writeFile(join(root, "file"), "no directory");
  const content = { kind: "signature", base64: "" } as const;
  const file = { kind: "signature", content, modifiedAt: 0 } as const;

  const put = directory.put("file/x.sig", file, world.blobs);

  await expect(put).rejects.toMatchObject({
    kind: "unavailable",
    message: `the repository's files cannot be written into ${root} (ENOTDIR); mend that`,
  });
});
