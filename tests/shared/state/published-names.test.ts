import * as v from "valibot";
import { expect, test } from "vitest";
import { Pkgname } from "#shared/model.ts";
import { usedPkgrels } from "#shared/state/published-names.ts";
import { publishedNames } from "#shared/state/repo.ts";
import { makeWorld } from "../../support/world.ts";

test("the pkgrels of a version are told by the names of its packages alone", async () => {
  await using world = await makeWorld();
  const names = [
    ...["foo-1-1-any.pkg.tar.zst", "foo-1-1.2-x86_64.pkg.tar.zst", "foo-docs-1-1.3-any.pkg.tar.xz"],
    ...["foo-1-10-any.pkg.tar.zst", "foo-1-2-any.pkg.tar.zst", "foo-1.1-1.9-any.pkg.tar.zst"],
    ...[
      "foo-2:1-1.8-any.pkg.tar.zst",
      "bar-1-1.7-any.pkg.tar.zst",
      "foo-bar-1-1.6-any.pkg.tar.zst",
    ],
  ];
  await world.state.write(async (tx) => {
    const rows = names.map((filename) => ({ filename, sha256: "a".repeat(64) }));
    await tx.insert(publishedNames).values(rows);
  });

  const pkgnames = ["foo", "foo-docs"].map((name) => v.parse(Pkgname, name));
  const used = await usedPkgrels(world.state.read, { pkgnames, pkgver: "1", pkgrel: "1" });

  expect(used.toSorted()).toEqual(["1", "1.2", "1.3"]);
});
