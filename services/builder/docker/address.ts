export type Address =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number };

/** `tcp://` and `http://` name a host; anything else is the path of a socket, with or without `unix://`. */
export const addressOf = (url: string): Address => {
  if (!/^(tcp|http):\/\//.test(url)) return { socketPath: url.replace(/^unix:\/\//, "") };
  const { hostname, port } = new URL(url.replace(/^tcp:/, "http:"));
  // docs.docker.com, "Configure remote access": 2375 is the port without TLS.
  return { host: hostname, port: port === "" ? 2375 : Number(port) };
};
