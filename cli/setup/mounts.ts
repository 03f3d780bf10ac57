/**
 * The mount points at or under `directories`, the innermost first.
 * Source: /proc/pid/mountinfo of proc(5), where odd characters are octal.
 */
export const mountsUnder = (mountInfo: string, directories: readonly string[]) =>
  mountInfo
    .split("\n")
    .flatMap((line) => line.split(" ")[4] ?? [])
    .map((point) => point.replace(/\\([0-7]{3})/g, (_, octal) => fromOctal(octal)))
    .filter((point) =>
      directories.some((directory) => point === directory || point.startsWith(`${directory}/`)),
    )
    .reverse();

const fromOctal = (octal: string) => String.fromCharCode(Number.parseInt(octal, 8));
