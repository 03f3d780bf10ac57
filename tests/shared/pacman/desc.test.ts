import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { entryOf, formatDesc, formatFiles, parseDesc, parseFiles } from "#shared/pacman/desc.ts";
import { parsePkginfo } from "#shared/pacman/pkginfo.ts";

const text = `%FILENAME%
demo-1:1.2-3-any.pkg.tar.zst

%NAME%
demo

%BASE%
base

%VERSION%
1:1.2-3

%DESC%
A demo of things

%GROUPS%
demos

%CSIZE%
2177

%ISIZE%
0

%MD5SUM%
56b71a8f1e156d7f3947e2d852629557

%SHA256SUM%
0e0115dd2fe58031af7f59b89cb5b641c223bceb8f3bff278bb1376a84ab4580

%PGPSIG%
c2lnbmF0dXJl

%URL%
https://example.org/

%LICENSE%
MIT
custom:x

%ARCH%
any

%BUILDDATE%
1700000000

%PACKAGER%
A B <a@example.org>

%REPLACES%
old

%CONFLICTS%
old<2

%PROVIDES%
virtual=1

%DEPENDS%
glibc>=2
sh

%OPTDEPENDS%
python: for scripts

%MAKEDEPENDS%
make

%CHECKDEPENDS%
check

`;

const pkginfo = parsePkginfo(`pkgname = demo
pkgbase = base
pkgver = 1:1.2-3
pkgdesc = A  demo   of things
url = https://example.org/
builddate = 1700000000
packager = A B <a@example.org>
size = 0
arch = any
license = MIT
license = custom:x
group = demos
replaces = old
conflict = old<2
provides = virtual=1
depend = glibc>=2
depend = sh
optdepend = python: for scripts
makedepend = make
checkdepend = check
`);

const artifact = {
  filename: "demo-1:1.2-3-any.pkg.tar.zst",
  bytes: 2_177,
  sha256: "0e0115dd2fe58031af7f59b89cb5b641c223bceb8f3bff278bb1376a84ab4580",
};

test("a package's entry is what repo-add would write", () => {
  const signed = {
    ...artifact,
    md5: "56b71a8f1e156d7f3947e2d852629557",
    signature: Buffer.from("signature"),
  };

  const entry = entryOf(pkginfo, signed, ["usr/"]);

  expect(entry.directory).toBe("demo-1:1.2-3");
  expect(entry.files).toEqual(["usr/"]);
  expect(formatDesc(entry.desc)).toBe(text);
  expect(entry.desc).toEqual(parseDesc(text));
});

test("what a package lacks has no block", () => {
  const bare = parsePkginfo("pkgname = demo\npkgver = 1-1\narch = any\n");

  expect(formatDesc(entryOf(bare, artifact, []).desc)).toBe(
    `%FILENAME%\n${artifact.filename}\n\n%NAME%\ndemo\n\n%VERSION%\n1-1\n\n%CSIZE%\n2177\n\n` +
      `%SHA256SUM%\n${artifact.sha256}\n\n%ARCH%\nany\n\n`,
  );
});

test("a block that we do not know, and a line outside of blocks, are passed over", () => {
  const later = `loose\n%XDATA%\npkgtype=pkg\n\n%A_LATER-FIELD%\n1\n\n${text}`;
  expect(parseDesc(later)).toEqual(parseDesc(text));
});

test.each([
  ["%NAME%\ndemo\n", "filename in desc: expected a value"],
  [text.replace("demo-1:", "../demo-1:"), "filename in desc: "],
  [text.replace("\n2177\n", "\nmany\n"), 'csize in desc: "many" is not a count'],
  [`${text}\n%NAME%\nother\n`, "name in desc: expected one value"],
])("a broken desc is refused", (broken, message) => {
  expect(() => parseDesc(broken)).toThrow(Fault);
  expect(() => parseDesc(broken)).toThrow(message);
});

test("a list of files is read as it was written, even where a name looks like a block's", () => {
  const files = ["usr/", "usr/with space", "usr/%NAME%", "%NAME%"];

  expect(parseFiles(formatFiles(files))).toEqual(files);
  expect(formatFiles([])).toBe("%FILES%\n");
});
