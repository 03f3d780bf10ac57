type Claiming = { readonly http?: { readonly claims: readonly string[] } };

/**
 * Fills a service's variables into the path prefixes that it declares: `{ARCH}/x` is `x86_64/x` where ARCH is `x86_64`.
 * Throws where the service has no such variable.
 */
export const fillClaims = (claims: readonly string[], config: object) =>
  claims.map((claim) =>
    claim.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const value: unknown = Reflect.get(config, name);
      if (typeof value !== "string") throw new TypeError(`${claim}: there is no variable ${name}`);
      return value;
    }),
  );

/**
 * Gives a lookup of the service that claims a path. A claim is a prefix of whole segments, of which `*` is any one, and the
 * empty claim is `/`. The longest claim that fits wins, then the one with fewer `*`, then the service that is listed first.
 */
export const routeByClaims = <S extends Claiming>(services: readonly S[]) => {
  const routes = services
    .flatMap((service) =>
      (service.http?.claims ?? []).map((claim) => ({ service, segments: claim.split("/") })),
    )
    .toSorted((a, b) => b.segments.length - a.segments.length || starsIn(a) - starsIn(b));
  return (pathname: string): S | undefined => {
    const path = pathname.split("/").slice(1);
    return routes.find(({ segments }) =>
      segments.every(
        (segment, at) => path[at] === segment || (segment === "*" && at < path.length),
      ),
    )?.service;
  };
};

const starsIn = ({ segments }: { readonly segments: readonly string[] }) =>
  segments.filter((segment) => segment === "*").length;
