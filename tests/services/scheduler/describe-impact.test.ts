import * as v from "valibot";
import { expect, test } from "vitest";
import { Impact } from "#shared/messages/repo.ts";
import { describeImpact } from "../../../services/scheduler/describe-impact.ts";

test("a person reads what went back and what breaks", () => {
  const impact = v.parse(Impact, {
    breaks: [{ pkgname: "app", pkgbase: "app", dependency: "liblib.so=1-64" }],
    backwards: [{ pkgname: "lib", from: "1:1-1", to: "2-1" }],
  });

  expect(describeImpact(impact)).toBe(
    "lib went back from 1:1-1 to 2-1: pacman -Syu keeps 1:1-1, only -Syuu takes it; " +
      "breaks app, which depends on liblib.so=1-64; what breaks is built again",
  );
});

test("of a publish that changes nothing for clients there is nothing to read", () => {
  expect(describeImpact({ breaks: [], backwards: [] })).toBeNull();
});
