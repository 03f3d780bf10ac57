import { expect, test } from "vitest";
import { makeEqual } from "../../../services/builder/make-equal.ts";
import { keyringCommand, refreshCommand } from "../../../services/builder/steps.ts";
import { fakeEngine, wordsOf } from "../../support/fake-containers.ts";

const infoOf = (entries: Iterable<string>) =>
  [...entries]
    .map((entry) => {
      const [, name, version, arch] = /^(.+)-([^-]+-[^-]+)-([^-]+)$/.exec(entry) ?? [];
      return `Name : ${name}\nVersion : ${version}\nArchitecture : ${arch}\n`;
    })
    .join("\n");

type Place = {
  readonly present: readonly string[];
  /** What is present after packages were installed. */
  readonly after?: readonly string[];
  readonly archived?: readonly string[];
};

/** A container of memory, which has these packages. */
const refreshing = [refreshCommand, keyringCommand].map(wordsOf);

const setup = async ({ present, after = [], archived = [] }: Place) => {
  let now = new Set(present);
  const said: string[] = [];
  const fake = fakeEngine({
    behaviour: (command) => {
      if (command === "pacman -Qi") return { stdout: infoOf(now) };
      if (command === "pacman -Sl") return { stdout: "core new 2-1 [installed]\ncore which 3-1\n" };
      if (command.includes("pacman -U --nodeps --nodeps --noconfirm --ask")) now = new Set(after);
      if (command.includes("pacman -R --dbonly")) now = new Set(now).intersection(new Set(after));
      if (command.startsWith("curl"))
        return {
          stdout: [...command.matchAll(/--url (\S+)/g)]
            .map(([, url = ""]) => `${archived.some((it) => url.endsWith(it)) ? 0 : 22} ${url}\n`)
            .join(""),
        };
      return undefined;
    },
  });
  const container = await fake.engine.start({
    ...{ image: "", labels: {}, memory: 1, cpus: 1, processes: 1, network: true, lifetime: 1 },
  });
  const output = {
    write: (bytes: Uint8Array) => void said.push(new TextDecoder().decode(bytes)),
    say: (text: string) => said.push(text),
    announce: () => {},
    settle: () => ({ text: () => "", place: (line: number) => line }),
    end: () => Promise.reject(new Error("not ended here")),
    [Symbol.asyncDispose]: async () => {},
  };
  return {
    make: (recorded: readonly string[], own: readonly string[] = []) =>
      makeEqual({ container, output, recorded, own, archive: "http://archive" }),
    changes: () =>
      fake.ran
        .map(([, command]) => command)
        .filter((it) => /pacman -(S|U|R)|-R --dbonly/.test(it) && it !== "pacman -Sl")
        .map((it) => it.replaceAll(/\s+/g, " ")),
  };
};

test("where all is as it was nothing is touched", async () => {
  const it = await setup({ present: ["a-1-1-any"] });

  await it.make(["a-1-1-any"]);

  expect(it.changes()).toEqual([]);
});

test("what is lacking is gathered from everywhere, and installed at once", async () => {
  const recorded = ["own-1-1-any", "new-2-1-any", "old-1-1-any", "older-1:1-1-any"];
  const it = await setup({
    present: ["new-1-1-any"],
    after: recorded,
    archived: ["old-1-1-any.pkg.tar.zst", "older-1:1-1-any.pkg.tar.xz"],
  });

  await it.make(recorded, ["own-1-1-any.pkg.tar.zst"]);

  const into =
    "--downloadonly --nodeps --nodeps --noconfirm --noprogressbar --cachedir /build/installed --";
  expect(it.changes()).toEqual([
    ...refreshing,
    `pacman -S ${into} core/new`,
    `pacman -U ${into} http://archive/packages/o/old/old-1-1-any.pkg.tar.zst http://archive/packages/o/older/older-1:1-1-any.pkg.tar.xz`,
    expect.stringMatching(/exec pacman -U .* \/build\/installed$/),
  ]);
});

test("nothing is fetched for what is our own", async () => {
  const it = await setup({ present: [], after: ["own-1-1-any"] });

  await it.make(["own-1-1-any"], ["own-1-1-any.pkg.tar.zst"]);

  expect(it.changes()).toEqual([expect.stringMatching(/exec pacman -U /)]);
});

test("what is too much is removed", async () => {
  const it = await setup({ present: ["a-1-1-any", "b-1-1-any"], after: ["a-1-1-any"] });

  await it.make(["a-1-1-any"]);

  expect(it.changes()).toEqual([expect.stringMatching(/pacman -R --dbonly .* -- b$/)]);
});

test("what nobody has is named, and nothing is installed", async () => {
  const it = await setup({ present: [], archived: ["b-1-1-any.pkg.tar.zst"] });

  await expect(it.make(["a-1-1-any", "b-1-1-any"])).rejects.toMatchObject({
    kind: "missing",
    message: "neither the mirror nor http://archive has what was installed: a-1-1-any",
  });

  expect(it.changes()).toEqual(refreshing);
});

test("a set that is another in the end is refused, with what is wrong", async () => {
  const it = await setup({ present: [], after: ["own-1-2-any"] });

  await expect(it.make(["own-1-1-any"], ["own-1-1-any.pkg.tar.zst"])).rejects.toMatchObject({
    kind: "conflict",
    message: "what is installed is not what was recorded: own-1-1-any",
  });
});
