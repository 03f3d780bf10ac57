import * as v from "valibot";
import { publication } from "#shared/bus/declare.ts";
import { Fault } from "#shared/fault.ts";
import { addRequested, type SourceSpec } from "#shared/messages/resolve.ts";
import { type AddId, Pkgname } from "#shared/model.ts";
import type { AddOutcome } from "#shared/state/adds.ts";
import { minutes, seconds } from "#shared/time.ts";
import type { PackageAddRequest, PackageSource } from "#shared/views.ts";
import type { Api } from "./context.ts";
import { type Finishing, finishAdd } from "./finish-add.ts";
import { findAdd, insertAdd } from "./store/adds.ts";

/** What an add comes to; trouble of kiln's own is thrown. */
export type Added = Exclude<AddOutcome, { readonly kind: "failed" }>;

export type Adding = Finishing & Pick<Api, "pause" | "signal">;

type Terms = Pick<PackageAddRequest, "replace" | "build" | "resolve"> & {
  /** Names the add, so that it can be asked for again. */
  readonly id: AddId;
};

/** Adds what the resolver makes of a source, and orders the first builds. */
export const addPackage = async (
  api: Api,
  { source, replace, build, resolve }: PackageAddRequest,
  id: AddId,
): Promise<Added> => {
  const spec = await specOf(api, source);
  return spec
    ? addSource(api, spec, { id, replace, build, resolve })
    : { kind: "unknown", name: nameOf(source) };
};

export const addSource = async (api: Adding, spec: SourceSpec, terms: Terms): Promise<Added> => {
  await orderAdd(api, spec, terms);
  const outcome = await untilEnded(api, terms.id);
  if (outcome.kind === "failed") throw new Fault(outcome.fault, outcome.message);
  return outcome;
};

const orderAdd = async (
  { now, state }: Adding,
  spec: SourceSpec,
  { id, replace, build, resolve }: Terms,
) =>
  state.write(async (transaction) => {
    const before = await findAdd(transaction, id);
    if (before) return;
    await insertAdd(transaction, { id, spec, replace, build, resolve, orderedAt: now() });
    await transaction.publish(publication(addRequested, { add: id, spec, replace }));
  });

/** How often the row of an add is looked at, each time a quarter of the time so far; and how long. */
const looks = { least: 20, most: seconds(1), patience: minutes(31) };

/** Waits until an add has ended. The add goes on when its caller goes away. */
const untilEnded = async (api: Adding, id: AddId): Promise<AddOutcome> => {
  const { now, pause, signal } = api;
  const begun = now();
  for (;;) {
    const outcome = await finishAdd(api, id);
    if (outcome) return outcome;
    if (signal.aborted) throw signal.reason;
    const passed = now() - begun;
    if (passed > looks.patience)
      throw new Fault("unavailable", "the add goes on: ask again, with the same Idempotency-Key");
    await pause(Math.min(Math.max(looks.least, Math.floor(passed / 4)), looks.most), signal);
  }
};

/** `undefined` where no AUR package can have the name. */
const specOf = async ({ blobs }: Api, source: PackageSource): Promise<SourceSpec | undefined> => {
  if (source.type === "aur") {
    const name = v.safeParse(Pkgname, source.name);
    return name.success ? { type: "aur", name: name.output } : undefined;
  }
  if (source.type === "git") return source;
  const pkgbuild = await blobs.put(new TextEncoder().encode(source.pkgbuild));
  return { type: "raw", pkgbuild, devel: source.devel };
};

const nameOf = (source: PackageSource) => (source.type === "aur" ? source.name : source.type);
