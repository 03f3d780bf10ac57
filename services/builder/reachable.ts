import { isIP } from "node:net";

/** What the network rules let a container reach, though it is private. */
export type Reachable = {
  /** An IP address, a range in CIDR's notation, or a name. */
  readonly host: string;
  /** null: every port. */
  readonly port: number | null;
  /** Has to be looked up. */
  readonly isName: boolean;
};

/** `RUNNER_REACHABLE`: `host`, `host:port`, `[IPv6]:port` or a range in CIDR's notation, separated by commas or spaces. */
export const parseReachable = (text: string): readonly Reachable[] | undefined => {
  const parsed = text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(parseOne);
  return parsed.every((it) => it !== undefined) ? parsed : undefined;
};

const parseOne = (text: string): Reachable | undefined => {
  if (isRange(text)) return { host: text, port: null, isName: false };
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]+)\]|([^\s:/[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? (isIP(text) === 6 ? text : undefined);
  if (host === undefined || (bracketed !== undefined && isIP(bracketed) !== 6)) return undefined;
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return undefined;
  return reachable(host, port === undefined ? null : Number(port));
};

/** Where a URL leads; undefined where that is no host: `file:`. */
export const reachableOfUrl = (url: string): Reachable | undefined => {
  const [, scheme = "", bracketed, plain, port] =
    /^([a-z]+):\/\/(?:[^@/]*@)?(?:\[([^\]]+)\]|([^:/]+))(?::(\d+))?(?:\/|$)/.exec(url) ?? [];
  const host = bracketed ?? plain;
  // ftp opens ports of the server's choice.
  const usual = { http: 80, https: 443 }[scheme] ?? null;
  return host === undefined || scheme === "file"
    ? undefined
    : reachable(host, port === undefined ? usual : Number(port));
};

const reachable = (host: string, port: number | null): Reachable | undefined => {
  const isAddress = isIP(host) !== 0;
  if (!isAddress && !/^[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?\.?$/i.test(host)) return undefined;
  return { host, port, isName: !isAddress };
};

const isRange = (text: string) => {
  const [, address = "", length = ""] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && Number(length) <= (version === 4 ? 32 : 128);
};

/** The hosts that pacman's mirrorlist names in `Server = URL` lines. Source: pacman.conf(5). */
export const reachableOfMirrorlist = (text: string): readonly Reachable[] =>
  [...text.matchAll(/^\s*Server\s*=\s*(\S+)/gm)]
    .map(([, url = ""]) => reachableOfUrl(url))
    .filter((it) => it !== undefined);
