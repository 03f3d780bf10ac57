/** An answer without a body. */
export const nothing = (status: number) => new Response(null, { status });

/** To an address that is relative to the one asked for (RFC 9110 §10.2.2). */
export const redirect = (location: string) =>
  new Response(null, { status: 307, headers: { location, "cache-control": "no-cache" } });
