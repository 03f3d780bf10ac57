import { expect, test } from "vitest";
import {
  archiveUrls,
  differenceOf,
  firstOf,
  originsOf,
  parseInstalled,
  readInstalled,
} from "../../../services/builder/installed-set.ts";

test.each([
  ["gtk-doc-1.34.0-1-any", "gtk-doc", "1.34.0-1"],
  ["zlib-1:1.3.1-2-x86_64", "zlib", "1:1.3.1-2"],
  ["libstdc++-15.2.1+r22+gc4e96a094636-1.1-x86_64", "libstdc++", "15.2.1+r22+gc4e96a094636-1.1"],
  ["python-a-1-2-any", "python-a", "1-2"],
  ["odd-1.0~rc1^2,3=4-1-x86_64", "odd", "1.0~rc1^2,3=4-1"],
])("%s is taken apart from its end", (entry, pkgname, version) => {
  expect(parseInstalled(entry)).toEqual({ entry, pkgname, version });
});

test.each(["", "bash", "bash-5-x86_64", "../x-1-1-any", "bash-5.3-2-x86 64"])(
  "%j is no package that was installed",
  (entry) => {
    expect(() => parseInstalled(entry)).toThrow(expect.objectContaining({ kind: "invalid" }));
  },
);

test("what pacman says of its packages is read as makepkg reads it", () => {
  const printed = `Name            : acl
Version         : 2.3.2-1
Description     : Name : Version
Architecture    : x86_64
Groups          : None

Name            : base
Version         : 1:3-2
Architecture    : any
`;

  expect(readInstalled(printed)).toEqual(["acl-2.3.2-1-x86_64", "base-1:3-2-any"]);
});

test("a package that is there in another version is replaced, one that was not there goes", () => {
  const recorded = ["bash-5.2-1-x86_64", "glibc-2-1-x86_64", "lib-1-1-any", "lib32-1-1-any"];
  const present = ["bash-5.3-1-x86_64", "glibc-2-1-x86_64", "lib-1-1-x86_64", "which-2-1-x86_64"];

  const { lacking, surplus } = differenceOf(recorded, present);

  expect(lacking.map(({ entry }) => entry)).toEqual([
    "bash-5.2-1-x86_64",
    "lib-1-1-any",
    "lib32-1-1-any",
  ]);
  expect(surplus.map(({ pkgname }) => pkgname)).toEqual(["which"]);
});

test("where all is as it was there is nothing to do", () => {
  const entries = ["bash-5.2-1-x86_64", "glibc-2-1-x86_64"];

  expect(differenceOf(entries, [...entries].reverse())).toEqual({ lacking: [], surplus: [] });
});

test("a package comes from us, else from the mirror if it is its newest, else from the archive", () => {
  const lacking = ["own-1-1-any", "new-2:1-1-x86_64", "old-1-1-any"].map(parseInstalled);
  const listed = "core new 2:1-1 [installed]\nextra old 1-2\nextra own 1-1\n";

  const origins = originsOf(lacking, ["own-1-1-any.pkg.tar.zst"], listed);

  expect(origins).toEqual({ mirror: ["core/new"], archive: [parseInstalled("old-1-1-any")] });
});

test("the archive has packages by their first letter, in two compressions", () => {
  expect(archiveUrls("https://archive.example.org//", parseInstalled("zlib-1:1-2-x86_64"))).toEqual(
    [
      "https://archive.example.org/packages/z/zlib/zlib-1:1-2-x86_64.pkg.tar.zst",
      "https://archive.example.org/packages/z/zlib/zlib-1:1-2-x86_64.pkg.tar.xz",
    ],
  );
});

test("of many entries a person is told the first", () => {
  expect(firstOf(["a", "b"])).toBe("a, b");
  expect(firstOf([..."abcdefg"])).toBe("a, b, c, d, e and 2 more");
});
