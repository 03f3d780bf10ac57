import { expect, test } from "vitest";
import { repoPublished } from "#shared/messages/repo.ts";
import { signingKeys } from "#shared/state/signatures.ts";
import { startRepo } from "../support/repo.ts";
import { makeSignedPacman } from "../support/signed-pacman.ts";

test("pacman refuses an upgrade exactly while kiln says that it breaks something", async () => {
  await using it = await startRepo(
    { SIGN_KEY_GENERATE: "true" },
    { at: Date.now(), packages: ["lib", "app"] },
  );
  await it.publish({ pkgbase: "lib", version: "1-1", provides: ["liblib.so=1-64"] });
  await it.publish({ pkgbase: "app", version: "1-1", depends: ["liblib.so=1-64"] });
  const [key] = await it.world.state.read.select().from(signingKeys);
  await using user = await makeSignedPacman(
    "serene",
    `file://${it.directory}`,
    key?.publicKey ?? "",
  );
  await user.pacman("-Sy", "app");
  const impact = () => it.world.bus.sent(repoPublished).at(-1)?.impact?.breaks;

  await it.publish({ pkgbase: "lib", version: "2-1", provides: ["liblib.so=2-64"] });
  const broken = impact();
  const refused = await user.pacman("-Syu").catch(({ stdout }: { stdout: string }) => stdout);
  await it.publish({ pkgbase: "app", version: "1-1.1", depends: ["liblib.so=2-64"] });
  const mended = impact();
  await user.pacman("-Syu");

  expect(broken).toEqual([{ pkgname: "app", pkgbase: "app", dependency: "liblib.so=1-64" }]);
  expect(refused).toContain("breaks dependency 'liblib.so=1-64' required by app");
  expect(mended).toEqual([]);
  expect(await user.pacman("-Q")).toBe("app 1-1.1\nlib 2-1\n");
}, 60_000);
