import fc from "fast-check";
import { expect, test } from "vitest";
import { fieldOf, formatSrcinfo, parseSrcinfo, pkgnamesOf } from "#shared/pacman/srcinfo.ts";
import { askMakepkg } from "../../support/makepkg-functions.ts";
import { holds, textOf } from "../../support/properties.ts";

/** What one line of a .SRCINFO can hold; makepkg(8) leaves one space of several. */
const free = textOf(
  [
    ...[
      "a",
      "Bc",
      "1",
      " ",
      "\u00a0",
      "=",
      " = ",
      ":",
      "#",
      "%",
      "[",
      "*",
      "é",
      "☃",
      "𝄞",
      "/",
      "-",
    ],
    ...["'", '"', "\\", "\\n", "$x", "$(x)", "`", "<b>", "(", ")", "{", "}", ";", "pkgname = x"],
  ],
  6,
).map((text) => text.replace(/ +/g, " ").replace(/^ | $/g, ""));
const related = fc
  .tuple(
    textOf(["a", "B", "1", "@", "_", "+", ".", "-", "lib", ".so"], 4),
    textOf(["=1", "=1:2~rc-3"], 1),
  )
  .map(([name, condition]) => `p${name}${condition}`);
const explained = fc.tuple(related, free).map(([it, why]) => (why === "" ? it : `${it}: ${why}`));

const lists = {
  depends: related,
  provides: related,
  conflicts: related,
  replaces: related,
  optdepends: explained,
};
const names = Object.keys(lists) as (keyof typeof lists)[]; // Safe: the keys of the object above.

const assigned = fc.record(
  {
    pkgdesc: free,
    url: free,
    license: fc.array(free, { maxLength: 2 }),
    groups: fc.array(free, { maxLength: 2 }),
    ...Object.fromEntries(
      names.flatMap((name) =>
        ["", "_x86_64", "_i686"].map((suffix) => [
          `${name}${suffix}`,
          fc.array(lists[name], { maxLength: 3 }),
        ]),
      ),
    ),
  },
  { requiredKeys: [] },
);
type Assigned = typeof assigned extends fc.Arbitrary<infer T> ? T : never;

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
const linesOf = (values: Assigned) =>
  Object.entries(values).map(
    ([name, value]) =>
      `${name}=${typeof value === "string" ? quoted(value) : `(${value.map(quoted).join(" ")})`}`,
  );

const pkgbuildOf = (base: Assigned, members: readonly Assigned[]) => `
pkgbase=base
pkgname=(${members.map((_, at) => `m${at}`).join(" ")})
pkgver=1
pkgrel=1
arch=(x86_64 i686)
${linesOf(base).join("\n")}
${members.map((values, at) => `package_m${at}() {\n  :\n  ${linesOf(values).join("\n  ")}\n}`).join("\n")}
`;

const fields = ["pkgdesc", "url", "license", "groups", ...names];

/** The .SRCINFO of a PKGBUILD, and then what its packages have in these fields once their functions ran. */
const build = `(
  CARCH=x86_64
  eval "$1"
  write_srcinfo_content
  merge_arch_attrs
  for name in "\${pkgname[@]}"; do
    printf '\\2'
    ( "package_$name"
      merge_arch_attrs
      for attribute in ${fields.join(" ")}; do
        declare -n values=$attribute
        printf '\\3'
        printf '%s\\4' "\${values[@]}"
      done )
  done
)`;

test("makepkg(8) builds what we read in the .SRCINFO that it prints", async () => {
  const pkgbuild = fc
    .tuple(assigned, fc.array(assigned, { minLength: 1, maxLength: 3 }))
    .map(([base, members]) => pkgbuildOf(base, members));
  await holds(pkgbuild, { most: 20, runs: 1 }, async (pkgbuilds) => {
    const answers = askMakepkg(
      build,
      pkgbuilds.map((it) => [it]),
    );

    for (const [at, text] of pkgbuilds.entries()) {
      const [printed = "", ...packages] = answers[at]?.split("\x02") ?? [];
      const srcinfo = parseSrcinfo(printed);
      expect(formatSrcinfo(srcinfo), text).toBe(printed);
      expect(
        pkgnamesOf(srcinfo).map((it) =>
          fields.map((field) => fieldOf(srcinfo, it, field, "x86_64")),
        ),
        text,
      ).toEqual(
        packages.map((built) =>
          built
            .split("\x03")
            .slice(1)
            .map((values) => values.split("\x04").filter((value) => value !== "")),
        ),
      );
    }
  });
});
