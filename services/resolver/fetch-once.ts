import type { AddId } from "#shared/model.ts";
import { parseSrcinfo, type Srcinfo } from "#shared/pacman/srcinfo.ts";
import { withoutCredentials } from "#shared/without-credentials.ts";
import type { Resolver } from "./context.ts";
import { fetchSource, type Request } from "./fetch-source.ts";
import { noteFetched, noteFetching } from "./store/adds.ts";
import { findFetchedSince, recordSources, type Source } from "./store/sources.ts";
import { type Unusable, unusable } from "./unusable.ts";

export type Fetched = {
  readonly kind: "fetched";
  readonly source: Source;
  readonly srcinfo: Srcinfo;
};

/** The add that a fetch is for. */
export type Adding = { readonly id: AddId; readonly startedAt: number };

/** Fetches a source and records it, unless an earlier try of the same add has. */
export const fetchOnce = async (
  context: Resolver,
  request: Request,
  { id, startedAt }: Adding,
): Promise<Fetched | Unusable> => {
  const { state } = context;
  const known = await findFetchedSince(state.read, request, startedAt);
  if (known) return { kind: "fetched", source: known, srcinfo: parseSrcinfo(known.srcinfo) };
  const fetched = await context.fetches(async () => {
    await noteFetching(state, id, nameOf(request));
    return fetchSource(context, request);
  });
  if (fetched.kind === "unusable") return fetched;
  const [source] = await recordSources(context, [fetched.source]);
  if (!source) return unusable("the source was not recorded");
  await noteFetched(state, id);
  return { kind: "fetched", source, srcinfo: fetched.srcinfo };
};

const nameOf = ({ pkgbase, spec }: Request) =>
  pkgbase ?? (spec.type === "git" ? withoutCredentials(spec.url) : `a source of type ${spec.type}`);
