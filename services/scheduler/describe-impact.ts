import type { Impact } from "#shared/messages/repo.ts";

/** What a publish means for clients, for a person; null where it means nothing. */
export const describeImpact = ({ breaks, backwards }: Impact): string | null => {
  const parts = [
    ...backwards.map(
      ({ pkgname, from, to }) =>
        `${pkgname} went back from ${from} to ${to}: pacman -Syu keeps ${from}, only -Syuu takes it`,
    ),
    ...breaks.map(({ pkgname, dependency }) => `breaks ${pkgname}, which depends on ${dependency}`),
  ];
  if (breaks.length > 0) parts.push("what breaks is built again");
  return parts.length === 0 ? null : parts.join("; ");
};
