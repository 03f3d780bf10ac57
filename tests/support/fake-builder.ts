import { openWith } from "../../services/builder/context.ts";
import { pkgbuildOf, requestOf, startBuilder } from "./builder.ts";
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
