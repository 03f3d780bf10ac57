import { Fault } from "#shared/fault.ts";

export type PackageManager = "apt" | "pacman";

export type Distribution = {
  /** As the machine calls itself. */
  readonly name: string;
  readonly manager: PackageManager;
  /** Debian 13 took the command `docker` out of docker.io. */
  readonly dockerApart: boolean;
};

/** Programs that kiln or its tests run. */
export type Program = keyof typeof packages;

/** Program → its package, per manager; null: the distribution has none. */
const packages = {
  bsdtar: { apt: "libarchive-tools", pacman: "libarchive" },
  "docker-compose": { apt: "docker-compose", pacman: "docker-compose" },
  curl: { apt: "curl", pacman: "curl" },
  docker: { apt: "docker.io", pacman: "docker" },
  dockerd: { apt: "docker.io", pacman: "docker" },
  git: { apt: "git", pacman: "git" },
  go: { apt: "golang-go", pacman: "go" },
  gpg: { apt: "gnupg", pacman: "gnupg" },
  makepkg: { apt: "makepkg", pacman: "pacman" },
  mmdebstrap: { apt: "mmdebstrap", pacman: null },
  "nats-server": { apt: "nats-server", pacman: "nats-server" },
  nginx: { apt: "nginx-light", pacman: "nginx" },
  pacman: { apt: "pacman-package-manager", pacman: "pacman" },
  "repo-add": { apt: "pacman-package-manager", pacman: "pacman" },
  rsync: { apt: "rsync", pacman: "rsync" },
  shellcheck: { apt: "shellcheck", pacman: "shellcheck" },
  "systemd-analyze": { apt: "systemd", pacman: "systemd" },
  vercmp: { apt: "makepkg", pacman: "pacman" },
  virtualenv: { apt: "virtualenv", pacman: "python-virtualenv" },
  wget: { apt: "wget", pacman: "wget" },
  zstd: { apt: "zstd", pacman: "zstd" },
} as const satisfies Record<string, Record<PackageManager, string | null>>;

/** Reads os-release(5). `Fault` unavailable where neither apt nor pacman is at home. */
export const parseDistribution = (osRelease: string): Distribution => {
  const fields = new Map(
    osRelease.split("\n").flatMap((line) => {
      const [, key, value] = /^([A-Z_]+)=["']?(.*?)["']?$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value] as const];
    }),
  );
  const id = fields.get("ID") ?? "linux";
  const families = [id, ...(fields.get("ID_LIKE") ?? "").split(" ")];
  const name = fields.get("PRETTY_NAME") ?? id;
  const release = Number.parseInt(fields.get("VERSION_ID") ?? "99", 10);

  if (families.includes("arch")) return { name, manager: "pacman", dockerApart: false };
  if (families.includes("debian"))
    return { name, manager: "apt", dockerApart: id === "debian" && release >= 13 };
  throw new Fault("unavailable", `${name} is neither of Debian's nor of Arch's family`);
};

/** The packages that bring `programs`, each once. `Fault` unavailable where there is none. */
export const packagesFor = (programs: readonly Program[], distribution: Distribution) => {
  const wanted = programs.map((program) => {
    if (program === "docker" && distribution.dockerApart) return "docker-cli";
    const found = packages[program][distribution.manager];
    if (found === null)
      throw new Fault("unavailable", `${distribution.name} has no package with ${program}`);
    return found;
  });
  return [...new Set(wanted)].sort();
};

/** What installs them, command by command. */
export const installCommands = (
  wanted: readonly string[],
  manager: PackageManager,
): readonly (readonly [string, ...string[]])[] =>
  manager === "apt"
    ? [
        ["apt-get", "update"],
        ["apt-get", "install", "-y", "--no-install-recommends", ...wanted],
      ]
    : [["pacman", "-S", "--needed", "--noconfirm", ...wanted]];
