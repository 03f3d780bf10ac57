import * as v from "valibot";
import { BuilderName } from "#shared/model.ts";
import { openWith } from "../../services/builder/context.ts";
import { pkgbuildOf, rebuildOf, requestOf, startBuilder } from "./builder.ts";
import { fakeEngine } from "./fake-containers.ts";

/** What a fake container says of what it built. */
export const srcinfo = "pkgbase = app\n";

/** A builder whose engine is of memory, and a build that succeeds there but for what is said otherwise. */
export const startFakeBuilder = async (
  fakes: Parameters<typeof fakeEngine>[0] = {},
  environment: Readonly<Record<string, string>> = {},
) => {
  const fake = fakeEngine({
    packages: [["app-1-1-any.pkg.tar.zst", "content"]],
    ...fakes,
    behaviour: (command) => {
      const given = fakes.behaviour?.(command);
      if (given) return given;
      if (command === "pacman -Q") return { stdout: "bash 5.3-1\n" };
      return command === "makepkg --printsrcinfo" ? { stdout: srcinfo } : undefined;
    },
  });
  const builder = await startBuilder(environment, { open: (base) => openWith(fake.engine, base) });
  const pkgbuild = pkgbuildOf("app");
  const source = await builder.source({ PKGBUILD: pkgbuild, "deep/file": "x" });
  return {
    ...fake,
    builder,
    pkgbuild,
    source,
    request: requestOf(source, "app"),
    [Symbol.asyncDispose]: () => builder[Symbol.asyncDispose](),
  };
};

const record = `format = 2
pkgname = app
pkgver = 1-1
pkgarch = any
buildenv = !color
options = strip
installed = bash-5.3-1-x86_64
`;

/** As `startFakeBuilder`, with a rebuild of that package, for which nothing has to be installed. */
export const startFakeRebuilder = async (
  fakes: Parameters<typeof fakeEngine>[0] = {},
  environment: Readonly<Record<string, string>> = {},
) => {
  const it = await startFakeBuilder(
    {
      ...fakes,
      behaviour: (command) => {
        const given = fakes.behaviour?.(command);
        if (given || command !== "pacman -Qi") return given;
        return { stdout: "Name : bash\nVersion : 5.3-1\nArchitecture : x86_64\n" };
      },
    },
    environment,
  );
  const buildinfo = await it.builder.blobs.put(new TextEncoder().encode(record));
  return {
    ...it,
    rebuild: rebuildOf(it.request, buildinfo),
    name: (name: string) => v.parse(BuilderName, name),
  };
};
