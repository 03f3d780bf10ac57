import { expect, test } from "vitest";
import {
  buildCommand,
  environmentOf,
  installCommand,
  missingCommand,
  sourcesCommand,
} from "../../../services/builder/steps.ts";
import { wordsOf } from "../../support/fake-containers.ts";

test("flags go to makepkg, but for those that ask for root", () => {
  const command = buildCommand(["nocheck", "install", "rmdeps", "skippgpcheck"], {});

  expect([command.user, wordsOf(command)]).toEqual([
    "build",
    "makepkg --force --noconfirm --noprogressbar --nocheck --skippgpcheck",
  ]);
});

test("sources are fetched with the flags that matter to them", () => {
  expect(wordsOf(sourcesCommand(["nocheck", "skippgpcheck", "holdver"], {}))).toBe(
    "makepkg --verifysource --noconfirm --skippgpcheck --holdver",
  );
});

test("what looks like an option stays a dependency", () => {
  expect(missingCommand(["--root=/"]).argv.slice(-2)).toEqual(["--", "--root=/"]);
  expect(installCommand(["--root=/"]).argv.slice(-2)).toEqual(["--", "--root=/"]);
});

test("the environment names the packager only where there is one", () => {
  const fixed = { LANG: "C.UTF-8", TZ: "UTC", SOURCE_DATE_EPOCH: "17" };

  expect(environmentOf(17, undefined)).toEqual(fixed);
  expect(environmentOf(17, "A <a@b>")).toEqual({ ...fixed, PACKAGER: "A <a@b>" });
});
