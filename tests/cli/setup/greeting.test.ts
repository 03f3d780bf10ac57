import { expect, test } from "vitest";
import { type Greeting, greetingOf } from "../../../cli/setup/greeting.ts";

const signed: Greeting = {
  url: "http://127.0.0.1:8080",
  name: "serene",
  arch: "x86_64",
  fingerprint: "F".repeat(40),
  secret: "s3cret",
  hasCommandLine: true,
};

/** The text from a line on, as many lines as asked for. */
const after = (text: string, line: string, count: number) => {
  const lines = text.split("\n");
  return lines.slice(lines.indexOf(line) + 2).slice(0, count);
};

test("pacman is told to require signatures when there are some", () => {
  expect(after(greetingOf(signed), "In /etc/pacman.conf:", 3)).toEqual([
    "  [serene]",
    "  SigLevel = Required",
    "  Server = http://127.0.0.1:8080/x86_64",
  ]);
});

test("four commands come next, and none has the secret in it", () => {
  expect(after(greetingOf(signed), "Next:", 4)).toEqual([
    `  curl -s http://127.0.0.1:8080/x86_64/serene.asc | sudo pacman-key --add - && sudo pacman-key --lsign-key ${"F".repeat(40)}`,
    "  sudo pacman -Sy kiln-cli",
    "  kiln login http://127.0.0.1:8080",
    "  kiln add <package>",
  ]);
});

test("an unsigned repository is said to be one, and asks for no key", () => {
  const text = greetingOf({ ...signed, fingerprint: undefined });

  expect(text).toContain("SigLevel = Never");
  expect(text).toContain("There is no signing key: packages are served unsigned.");
  expect(text).not.toContain("pacman-key");
});

test("a secret is shown only when it was made just now", () => {
  expect(greetingOf(signed)).toContain("  s3cret\n");
  expect(greetingOf({ ...signed, secret: undefined })).not.toContain("The API secret");
});
