import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { readMtree } from "#shared/pacman/mtree.ts";

test("entries take what /set says until it is set or unset again", async () => {
  const sha256 = "a".repeat(64);
  const text = `#mtree
/set type=file uid=0 gid=0 mode=644
./.PKGINFO time=1700000000.5 size=543 md5digest=x sha256digest=${sha256}
/set mode=755 uid=7
./usr time=1.0 type=dir
/unset uid
./usr/alias time=1.0 mode=777 type=link link=with\\040space
./usr/uml\\303\\244ut\\134x2d\\040\\360\\235\\204\\236 mode=4755 size=0
`;

  expect(await readMtree(gzipSync(text))).toEqual([
    {
      path: ".PKGINFO",
      type: "file",
      mode: 0o644,
      uid: 0,
      gid: 0,
      time: 1_700_000_000_000,
      size: 543,
      sha256,
    },
    { path: "usr", type: "dir", mode: 0o755, uid: 7, gid: 0, time: 1_000 },
    {
      path: "usr/alias",
      type: "link",
      mode: 0o777,
      uid: 0,
      gid: 0,
      time: 1_000,
      link: "with space",
    },
    { path: "usr/umläut\\x2d 𝄞", type: "file", mode: 0o4755, uid: 0, gid: 0, size: 0 },
  ]);
});

test.each([
  [Buffer.from("#mtree\n"), ".MTREE is no gzip of at most 134217728 bytes"],
  [
    Buffer.concat(Array(140).fill(gzipSync(Buffer.alloc(1_000_000)))),
    ".MTREE is no gzip of at most 134217728 bytes",
  ],
  [gzipSync("#mtree\n./a size=huge\n"), "line 2 of .MTREE: size=huge"],
  [gzipSync("./a mode=999\n"), "line 1 of .MTREE: mode=999"],
])("a broken one is refused", async (bytes, message) => {
  await expect(readMtree(bytes)).rejects.toThrow(new Fault("invalid", message));
});
