import { Buffer } from "node:buffer";
import { Fault } from "#shared/fault.ts";
import type { SourceKey } from "#shared/pgp-key.ts";
import { capture } from "./capture.ts";
import type { Command, Exit } from "./docker/engine.ts";
import type { AnyStep } from "./outcome.ts";
import { runEach, type Stage } from "./run-steps.ts";
import { printing } from "./steps.ts";
import { type Entry, fileEntry } from "./tar.ts";

const directory = "build/keys";

/** The public keys that kiln was given for a source, where the user `build` finds them. */
export function* keyEntries(keys: readonly SourceKey[]): Generator<Entry> {
  if (keys.length > 0) yield { kind: "directory", name: directory, owner: "build", mode: 0o755 };
  for (const { fingerprint, armoured } of keys)
    yield fileEntry(`${directory}/${fingerprint}.asc`, armoured);
}

/** Prints `validpgpkeys` of the PKGBUILD, one a line. Source: srcinfo.sh of makepkg. */
const wanted = "makepkg --printsrcinfo | sed -n 's/^[[:space:]]*validpgpkeys = //p' | tr a-f A-F";

/**
 * Gives the user `build` the public keys that `validpgpkeys` names, of those that the source ships in `keys/pgp/`, that
 * kiln was given, and that a key server has. Other keys of the same files stay out: makepkg would not look at them.
 */
const importing = `shopt -s nullglob
files=(keys/pgp/*.asc keys/pgp/*.gpg /${directory}/*.asc)
(( \${#files[@]} > 0 )) || [[ $1 ]] || exit 0
mapfile -t wanted < <(${wanted})
(( \${#wanted[@]} > 0 )) || exit 0
home=$(mktemp -d)
if [[ $1 ]]; then
  for key in "\${wanted[@]}"; do
    grep -qsF "$key" <(gpg --batch --show-keys --with-colons "\${files[@]}" 2> /dev/null) && continue
    echo "asking $1 for $key"
    curl --fail --silent --show-error --location --max-time 30 --output "$home/$key.asc" \\
      "$1/pks/lookup?op=get&options=mr&search=0x$key" && files+=("$home/$key.asc")
  done
fi
(( \${#files[@]} > 0 )) || exit 0
gpg --homedir "$home" --batch --quiet --import "\${files[@]}"
gpg --homedir "$home" --batch --quiet --export "\${wanted[@]}" > "$home/wanted"
[[ -s $home/wanted ]] && gpg --batch --import "$home/wanted"
exit 0`;

/** `keyserver`: an http(s) URL. What cannot be read or fetched is left to makepkg to miss. */
export const importCommand = (keyserver: string | undefined): Command => ({
  user: "build",
  argv: printing("bash", "-c", importing, "--", keyserver ?? ""),
});

/** Prints the keys of `validpgpkeys` that are not in the keyring. */
const missingCommand: Command = {
  user: "build",
  argv: [
    ...["bash", "-c"],
    `${wanted} | while read -r key; do gpg --batch --list-keys "$key" &> /dev/null || echo "$key"; done`,
  ],
};

/** Bytes of makepkg's output in which a failure is looked for. */
const mostTail = 64 * 1024;

type Sources = {
  /** `makepkg --verifysource` */
  readonly command: Command;
  readonly keyserver: string | undefined;
};

/** Fetches and checks sources. `Fault` missing names the key where a source is signed by one that is not there. */
export const fetchSources = async (
  stage: Pick<Stage<AnyStep>, "container" | "output">,
  { command, keyserver }: Sources,
): Promise<Exit> => {
  const { container, output } = stage;
  const place = command.directory === undefined ? {} : { directory: command.directory };
  const imported = await runEach(stage, { ...importCommand(keyserver), ...place });
  if (imported.kind === "gone") return imported;

  let tail = "";
  const exit = await container.run(command, ({ bytes }) => {
    tail = (tail + Buffer.from(bytes).toString("latin1")).slice(-mostTail);
    output.write(bytes);
  });
  if (exit.kind === "gone" || exit.code === 0) return exit;
  const unknown = unknownKeyIn(tail);
  if (unknown === undefined) return exit;
  const asked = await capture(container, { ...missingCommand, ...place }, 64 * 1024);
  const missing = Buffer.from(asked.stdout).toString("latin1").split("\n").filter(Boolean);
  throw new Fault("missing", describeMissing(unknown, missing, keyserver));
};

/** Source: verify_signature.sh of makepkg. */
const unknownKeyIn = (printed: string) =>
  /unknown public key ([0-9A-F]{8,64})\b/.exec(printed)?.[1];

/** `signer` may be the id of a subkey, which a fingerprint of `validpgpkeys` does not end with. */
export const describeMissing = (
  signer: string,
  missing: readonly string[],
  keyserver: string | undefined,
) => {
  const own = missing.filter((it) => it.endsWith(signer));
  const keys = own.length > 0 ? own : missing;
  if (keys.length === 0)
    return `the source is signed by the key ${signer}, which validpgpkeys of the PKGBUILD does not name`;
  const server =
    keyserver === undefined
      ? "KEYSERVER of the builders names a server that has it"
      : `${keyserver} (KEYSERVER) does not have it`;
  return `the source is signed by the key ${keys.join(" or ")}, which is neither in its keys/pgp/ nor given to kiln: "kiln key import ${keys[0]}" gives it; ${server}`;
};
