import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import * as v from "valibot";
import { afterAll, expect, test } from "vitest";
import { minutes } from "#shared/time.ts";
import { PackageInfo } from "#shared/views.ts";
import { startAur } from "../../support/aur.ts";
import { makeDataDirectory, pkgbuildOf, startKiln } from "../../support/kiln.ts";

const aur = await startAur();
const data = await makeDataDirectory();
const kiln = await startKiln(data.path, { AUR_URL: aur.url });

afterAll(async () => {
  for (const it of [kiln, data, aur]) await it[Symbol.asyncDispose]();
});

const add = async (source: object) => {
  const answer = await kiln.post("/package/add", { replace: true, build: false, source });
  expect([answer.status, answer.ok || (await answer.text())]).toEqual([200, true]);
};

const order = async (pkgbase: string) => {
  await kiln.post("/build", { packages: [pkgbase], clean: false, resolve: true, force: true });
  return (await kiln.ends(pkgbase))[pkgbase];
};

/** Puts a PKGBUILD in a package's place and builds it; answers how that ended. */
const build = async (pkgbase: string, pkgbuild: string) => {
  await add({ type: "raw", pkgbuild, devel: false });
  return order(pkgbase);
};

const served = async (...paths: readonly string[]) =>
  Promise.all(
    paths.map(async (path) => {
      const answer = await kiln.request(`/x86_64/${path}`);
      return [answer.status, Buffer.from(await answer.arrayBuffer()).toString("base64")];
    }),
  );

/** A .PKGINFO that makepkg(8) did not write. */
const forged = (pkgname: string, pkgver: string, arch: string) => {
  const lines = [`pkgname = ${pkgname}`, `pkgver = ${pkgver}`, `arch = ${arch}`, "size = 1"];
  return `printf '%s\\n' ${[...lines, "builddate = 1"].map((line) => `'${line}'`).join(" ")}`;
};

/** makepkg(8) reads all of a PKGBUILD as bash: it can be anything by the time a package is made. */
const lies: readonly (readonly [string, string, string])[] = [
  [
    "takes another name while it is packaged",
    "set -T; trap '[[ $FUNCNAME != create_package ]] || pkgname=bash' DEBUG",
    "bash-1-2-any.pkg.tar.zst is package bash, expected liar",
  ],
  [
    "says of itself that it is another package",
    `write_pkginfo() { ${forged("bash", "1-2", "any")}; }`,
    "liar-1-2-any.pkg.tar.zst is package bash, expected liar",
  ],
  [
    "says of itself that it is newer",
    `write_pkginfo() { ${forged("liar", "9-9", "any")}; }`,
    "liar-1-2-any.pkg.tar.zst is version 9-9, expected 1-2",
  ],
  [
    "says of itself that it is of another architecture",
    `write_pkginfo() { ${forged("liar", "1-2", "armv7h")}; }`,
    "liar-1-2-any.pkg.tar.zst is for architecture armv7h, expected x86_64 or any",
  ],
  [
    "puts another package beside its own",
    `check() { ${forged("bash", "9-9", "any")} > .PKGINFO; bsdtar -cf "$PKGDEST/bash-9-9-any.pkg.tar" .PKGINFO; }`,
    "bash-9-9-any.pkg.tar is package bash, expected liar",
  ],
  [
    "is a text under a package's name",
    `check() { echo 'no archive' > "$PKGDEST/liar-1-2-x86_64.pkg.tar.zst"; }`,
    "liar-1-2-x86_64.pkg.tar.zst cannot be read: expected an archive in gzip, zstd or plain tar, not something else",
  ],
];

test(
  "of a package that lies nothing is served, and the old one stays",
  async () => {
    const files = ["liar-1-1-any.pkg.tar.zst", "serene.db", "serene.db.sig"];
    expect(await build("liar", pkgbuildOf("liar"))).toEqual({ state: "success" });
    const before = await served(...files);

    const ends: unknown[] = [];
    for (const [, line] of lies)
      ends.push(await build("liar", pkgbuildOf("liar", ["pkgrel=2", line])));

    expect(ends).toEqual(
      lies.map(([, , reason]) => ({
        state: "fatal",
        info: [`${reason}; liar 1-1 stays in the repository`, "publish"],
      })),
    );
    expect(await served(...files)).toEqual(before);
  },
  minutes(10),
);

test(
  "a version that the .SRCINFO does not name is refused",
  async () => {
    const pkgbase = "stale";
    const srcinfo = `pkgbase = ${pkgbase}\n\tpkgver = 2\n\tpkgrel = 1\n\tarch = any\n\npkgname = ${pkgbase}\n`;
    await aur.add({ pkgbase, pkgbuild: pkgbuildOf(pkgbase), srcinfo });
    await add({ type: "aur", name: pkgbase });

    const end = await order(pkgbase);

    const reason = "stale-1-1-any.pkg.tar.zst is version 1-1, expected 2-1";
    expect(end).toEqual({
      state: "fatal",
      info: [`${reason}; nothing of stale is in the repository`, "publish"],
    });
  },
  minutes(5),
);

test(
  "another package's name is not taken",
  async () => {
    await build("victim", pkgbuildOf("victim"));
    const thief = pkgbuildOf("thief", ["pkgbase=thief", "pkgname=(victim)", "pkgver=9"]);

    const end = await build("thief", thief.replace("package()", "package_victim()"));

    const reason = "victim is published by victim already; remove that first";
    expect(end).toEqual({
      state: "fatal",
      info: [`${reason}; nothing of thief is in the repository`, "publish"],
    });
  },
  minutes(5),
);

test(
  "what stands at the top of a PKGBUILD reaches nothing outside its container",
  async () => {
    const sockets: unknown[] = [];
    const server = createServer((socket) => void sockets.push(socket.end())).listen(0, "127.0.0.1");
    await using _ = { [Symbol.asyncDispose]: async () => void server.close() };
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const canary = join(data.path, "canary");
    const top = [
      `mkdir -p '${data.path}' 2>/dev/null; touch '${canary}' /tmp/kiln-canary 2>/dev/null`,
      `reached=no; (exec 3<>/dev/tcp/127.0.0.1/${port}) 2>/dev/null && reached=yes`,
      "docker=no; [[ -e /var/run/docker.sock || -e /run/docker.sock ]] && docker=yes",
      "root=no; (: > /etc/kiln-canary) 2>/dev/null && root=yes",
      "secrets=$(env | grep -c -e SECRET -e NATS -e STATE)",
      'pkgdesc="reached=$reached docker=$docker root=$root secrets=$secrets"',
    ];

    const end = await build("canary", pkgbuildOf("canary", top));

    expect(end).toEqual({ state: "success" });
    const info = v.parse(PackageInfo, await (await kiln.request("/package/canary")).json());
    expect(info.description).toBe("reached=no docker=no root=no secrets=0");
    expect([canary, "/tmp/kiln-canary", "/etc/kiln-canary"].filter(existsSync)).toEqual([]);
    expect(sockets).toEqual([]);
  },
  minutes(5),
);
