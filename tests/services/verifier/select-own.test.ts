import { expect, test } from "vitest";
import { selectOwn } from "../../../services/verifier/select-own.ts";

const file = (filename: string, bytes = 1) => ({
  filename,
  blob: { sha256: "a".repeat(64), bytes },
});

test("what is known of what was installed is taken, in the order of its list", () => {
  const [lib, other] = [file("lib-1:1.0-1-any.pkg.tar.zst"), file("other-2-1-x86_64.pkg.tar.gz")];

  expect(
    selectOwn(
      ["glibc-2.38-1-x86_64", "other-2-1-x86_64", "lib-1:1.0-1-any"],
      [lib, file("unused-1-1-any.pkg.tar.zst"), other],
    ),
  ).toEqual([other, lib]);
});

test("of two files of one name the first counts, and a name listed twice is one", () => {
  const [first, second] = [file("lib-1-1-any.pkg.tar.zst", 1), file("lib-1-1-any.pkg.tar.zst", 2)];

  expect(selectOwn(["lib-1-1-any", "lib-1-1-any"], [first, second])).toEqual([first]);
});

test.each([
  ["another version", "lib-1-2-any.pkg.tar.zst"],
  ["another architecture", "lib-1-1-x86_64.pkg.tar.zst"],
  ["a signature", "lib-1-1-any.pkg.tar.zst.sig"],
  ["a longer name", "my-lib-1-1-any.pkg.tar.zst"],
])("%s is not it", (_what, filename) => {
  expect(selectOwn(["lib-1-1-any"], [file(filename)])).toEqual([]);
});
