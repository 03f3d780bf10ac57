export type Address =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number };

/** `tcp://` and `http://` name a host; anything else is the path of a socket, with or without `unix://`. */
export const addressOf = (url: string): Address => {
  const [, host, port] = /^(?:tcp|http):\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?\/?$/.exec(url) ?? [];
  if (host === undefined) return { socketPath: url.replace(/^unix:\/\//, "") };
  // docs.docker.com, "Configure remote access": 2375 is the port without TLS.
  return { host, port: Number(port ?? 2_375) };
};
