import { type Candidate, parseDependency, satisfies } from "#shared/pacman/dependency.ts";

type Published = {
  readonly pkgname: string;
  readonly version: string;
  readonly depends: readonly string[];
  readonly provides: readonly string[];
};

/**
 * The published packages that pacman may take to meet `dependencies`, and what those depend on in turn.
 * Of several that provide a thing all are taken: which one it is, pacman decides.
 */
export const selectArtifacts = <P extends Published>(
  dependencies: readonly string[],
  published: readonly P[],
): readonly P[] => {
  const byName = new Map<string, P[]>();
  for (const artifact of published)
    for (const name of namesOf(artifact)) byName.set(name, [...(byName.get(name) ?? []), artifact]);

  const selected = new Set<P>();
  const asked = new Set<string>();
  const waiting = [...dependencies];
  for (let text = waiting.pop(); text !== undefined; text = waiting.pop()) {
    if (asked.has(text)) continue;
    asked.add(text);
    const dependency = parseDependency(text);
    for (const artifact of byName.get(dependency.name) ?? []) {
      if (selected.has(artifact) || !satisfies(dependency, candidateOf(artifact))) continue;
      selected.add(artifact);
      waiting.push(...artifact.depends);
    }
  }
  return [...selected].sort((a, b) => (a.pkgname < b.pkgname ? -1 : 1));
};

const namesOf = ({ pkgname, provides }: Published) =>
  new Set([pkgname, ...provides.map((it) => parseDependency(it).name)]);

const candidateOf = ({ pkgname, version, provides }: Published): Candidate => ({
  name: pkgname,
  version,
  provides,
});
