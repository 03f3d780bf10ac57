import { execFileSync } from "node:child_process";

/**
 * What a function of makepkg(8) itself makes of each value: what it prints, or undefined where it refuses. One bash asks
 * them all; `call` finds the value in `$1`, `$2` …
 */
export const askMakepkg = (call: string, values: readonly (readonly string[])[]) => {
  const width = values[0]?.length ?? 1;
  const script = `
    shopt -s extglob
    LIBRARY=/usr/share/makepkg
    source "$LIBRARY/lint_pkgbuild.sh"
    source "$LIBRARY/srcinfo.sh"
    source <(sed -n '/^merge_arch_attrs/,/^}/p' /usr/bin/makepkg)
    gettext() { printf %s "$1"; }
    ask() { ${call}; }
    while mapfile -t -d '' -n ${width} value && (( \${#value[@]} )); do
      ask "\${value[@]}" 2>/dev/null
      printf '\\1%s\\0' $?
    done`;
  const answers = execFileSync("bash", ["-c", script], {
    input: values
      .flat()
      .map((value) => `${value}\0`)
      .join(""),
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C.UTF-8" },
    maxBuffer: 1 << 26,
  });
  return answers
    .split("\0")
    .slice(0, -1)
    .map((answer) => (answer.endsWith("\x010") ? answer.slice(0, -2).trimEnd() : undefined));
};
