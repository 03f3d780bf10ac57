import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { readBuildinfo } from "#shared/pacman/package-file.ts";
import type { SourceKey } from "#shared/pgp-key.ts";
import { importCommand } from "../../services/builder/source-keys.ts";
import { pkgbuildOf, rebuildOf, requestOf, startBuilder } from "../support/builder.ts";
import { engineEnvironment } from "../support/engine.ts";
import { makeGpgHome } from "../support/gpg-home.ts";
import { startRunner } from "../support/runner-container.ts";
import { makeScratch } from "../support/scratch.ts";

/** A key of real gpg, and the armoured signature that it makes on a text. */
const makeKey = async (text: string) => {
  await using home = await makeGpgHome();
  await using scratch = await makeScratch();
  const fingerprint = await home.make("ed25519", "sign");
  const file = join(scratch.path, "text");
  await writeFile(file, text);
  await home.gpg("--armor", "--detach-sign", file);
  const armoured = await home.gpg("--armor", "--export", fingerprint);
  return { fingerprint, armoured, signature: await readFile(`${file}.asc`, "utf8") };
};

type Key = Awaited<ReturnType<typeof makeKey>>;

const signed = (key: Key, valid: string) => ({
  PKGBUILD: pkgbuildOf(
    "signed",
    `source=(text text.asc)\nsha256sums=(SKIP SKIP)\nvalidpgpkeys=(${valid})`,
  ),
  text: "signed\n",
  "text.asc": key.signature,
});

const shipped = ({ fingerprint, armoured }: Key) => ({ [`keys/pgp/${fingerprint}.asc`]: armoured });

const givenOf = ({ fingerprint, armoured }: Key): SourceKey => ({ fingerprint, armoured });

const lacking = (fingerprint: string) =>
  `the source is signed by the key ${fingerprint}, which is neither in its keys/pgp/ nor given to kiln: "kiln key import ${fingerprint}" gives it; KEYSERVER of the builders names a server that has it`;

test("a signed source is built with a key that it ships or that kiln was given, and else names the key", async () => {
  const [key, other] = [await makeKey("signed\n"), await makeKey("signed\n")];
  const id = other.fingerprint.slice(-16);
  const broken = (message: string) => ({ kind: "broken", step: "sources", message });
  const cases = [
    ["shipped", { ...signed(key, key.fingerprint), ...shipped(key) }, [], { kind: "built" }],
    ["given", signed(key, key.fingerprint), [givenOf(key)], { kind: "built" }],
    ["missing", signed(key, key.fingerprint), [], broken(lacking(key.fingerprint))],
    [
      "another shipped",
      { ...signed(key, key.fingerprint), ...shipped(other) },
      [],
      broken(lacking(key.fingerprint)),
    ],
    [
      "signed by a key that is not named",
      { ...signed(other, key.fingerprint), ...shipped(key), ...shipped(other) },
      [],
      broken(
        `the source is signed by the key ${id}, which validpgpkeys of the PKGBUILD does not name`,
      ),
    ],
    [
      "another text signed",
      { ...signed(key, key.fingerprint), ...shipped(key), text: "changed\n" },
      [],
      { kind: "failed", step: "sources", exitCode: 1 },
    ],
  ] as const;
  await using builder = await startBuilder({ ...engineEnvironment(), BUILDER_SLOTS: "2" });

  const ended = await Promise.all(
    cases.map(async ([what, files, keys]) => {
      const request = requestOf(await builder.source(files), "signed", { keys: [...keys] });
      return [what, (await builder.build(request))?.outcome] as const;
    }),
  );

  expect(ended).toEqual(
    cases.map(([what, , , outcome]) => [what, expect.objectContaining(outcome)]),
  );
}, 300_000);

test("a rebuild has the keys that the build was given", async () => {
  const key = await makeKey("signed\n");
  await using builder = await startBuilder(engineEnvironment());
  const source = await builder.source(signed(key, key.fingerprint));
  const request = requestOf(source, "signed", { keys: [givenOf(key)] });
  const built = await builder.build(request);
  if (built?.outcome.kind !== "built") throw new Error(builder.outputOf(request));
  const [artifact] = built.outcome.artifacts;
  const buildinfo = await readBuildinfo(await builder.blobs.read(artifact?.blob.sha256 ?? ""));

  const kept = await builder.blobs.put(buildinfo ?? new Uint8Array());
  const rebuilt = await builder.rebuild(rebuildOf(request, kept, { keys: request.keys }));

  expect(rebuilt?.outcome).toEqual({ kind: "rebuilt", artifacts: [artifact] });
}, 300_000);

/** Answers each request with the key, as a server of HKP; the first line of each goes to a file. */
const keyserver = `use IO::Socket::INET;
my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 11371, Listen => 5, ReuseAddr => 1) or die;
open(my $f, "<", "/build/key.asc"); local $/; my $key = <$f>; $/ = "\\r\\n";
while (my $c = $s->accept) { my $first = <$c>; while (<$c> ne "\\r\\n") {}
open(my $l, ">>", "/build/asked"); print $l $first; close $l;
print $c "HTTP/1.0 200 OK\\r\\nContent-Length: " . length($key) . "\\r\\n\\r\\n" . $key; close $c; }`;

test("a key server is asked for a key that nobody gave, and only for that", async () => {
  const [key, other] = [await makeKey("signed\n"), await makeKey("signed\n")];
  await using runner = await startRunner(inject("dockerUrl"), inject("runnerImage"));
  const files = signed(key, `${key.fingerprint} ${other.fingerprint}`);
  for (const [name, content] of Object.entries(files))
    await runner.write("build", `/build/source/${name}`, content);
  await runner.exec("build", ["mkdir", "-p", "/build/source/keys/pgp"]);
  await runner.write("build", "/build/source/keys/pgp/other.asc", other.armoured);
  await runner.write("root", "/build/key.asc", key.armoured);
  await runner.write("root", "/build/serve.pl", keyserver);
  await runner.exec("root", ["bash", "-c", "perl /build/serve.pl &> /dev/null & sleep 1"]);
  const { argv } = importCommand("http://127.0.0.1:11371");

  const imported = await runner.exec("build", [
    "bash",
    "-c",
    'cd /build/source && "$@"',
    "--",
    ...argv,
  ]);

  expect(imported.exitCode, imported.output).toBe(0);
  expect((await runner.exec("root", ["cat", "/build/asked"])).stdout.trim()).toBe(
    `GET /pks/lookup?op=get&options=mr&search=0x${key.fingerprint} HTTP/1.1`,
  );
  const verified = await runner.exec("build", [
    "bash",
    "-c",
    "cd /build/source && makepkg --verifysource",
  ]);
  expect(verified.exitCode, verified.output).toBe(0);
}, 120_000);
