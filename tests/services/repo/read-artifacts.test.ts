import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { readArtifacts } from "../../../services/repo/read-artifacts.ts";
import { makeWorld } from "../../support/world.ts";

const promised = { pkgbase: "foo", pkgnames: ["foo"], version: "1.0-1", arch: "any" };
const built = { filename: "foo-1.0-1-any.pkg.tar.zst", sha256: "a".repeat(64), bytes: 1 };

test("blobs that are away are a reason to wait, not one to refuse what was built", async () => {
  await using world = await makeWorld();
  const away = new Fault("unavailable", "the bucket does not answer");
  const blobs = { ...world.blobs, read: () => Promise.reject(away) };

  await expect(readArtifacts({ blobs }, [built], promised)).rejects.toMatchObject({
    kind: "unavailable",
    message: "foo-1.0-1-any.pkg.tar.zst cannot be read: the bucket does not answer",
  });
});
