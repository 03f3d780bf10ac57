import { expect, test } from "vitest";
import { mountsUnder } from "../../../cli/setup/mounts.ts";

const line = (point: string) => `43 27 254:0 /x ${point} rw,relatime shared:2 - ext4 /dev/vda rw`;

test("mounts of a directory come innermost first, those of its neighbours not at all", () => {
  const mountInfo = ["/", "/a", "/a/b", "/a/b/c", "/a/bb", "/a/d"].map(line).join("\n");

  expect(mountsUnder(`${mountInfo}\n`, ["/a/b", "/a/d"])).toEqual(["/a/d", "/a/b/c", "/a/b"]);
});

test("a directory with a blank in its name is found", () => {
  expect(mountsUnder(line("/my\\040data/docker"), ["/my data"])).toEqual(["/my data/docker"]);
});
