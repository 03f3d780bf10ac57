import type * as v from "valibot";
import { type Payload, publication } from "#shared/bus/declare.ts";
import { Fault } from "#shared/fault.ts";
import type { packageRemoved } from "#shared/messages/package.ts";
import { packageRetired, type retirePackage } from "#shared/messages/repo.ts";
import { findAddedAt } from "#shared/state/packages.ts";
import { changeRepository } from "./change-repository.ts";
import type { Repo } from "./context.ts";
import { showCurrent } from "./show-current.ts";
import { currentNumber } from "./store/current.ts";
import { findPublication } from "./store/requests.ts";

type Request = v.InferOutput<typeof retirePackage.request>;

/** Takes a removed package out; resolves when the generation without it is served. One added again since stays. */
export const retire = async (context: Repo, { pkgbase }: Request) => {
  const { log, state } = context;
  if (await findPublication(state.read, pkgbase)) {
    const changed = await changeRepository(context, {
      pkgbase,
      put: [],
      permits: async (tx) =>
        (await findAddedAt(tx, pkgbase)) === undefined ? undefined : "it was added again",
    }).catch(later);
    log.info(changed.kind === "committed" ? "retired" : "not retired", { pkgbase });
    await showCurrent(context);
  }
  return { generation: await currentNumber(state.read) };
};

/** What lies with the key is not mended by who removes a package, and will not stay so. */
const later = (error: unknown): never => {
  if (error instanceof Fault && error.kind === "invalid")
    throw new Fault("unavailable", error.message, { cause: error });
  throw error;
};

/** Retires a package that is being removed, and announces that: the api forgets the package then. */
export const retireRemoved = async (
  context: Repo,
  { pkgbase, at: removedAt }: Payload<typeof packageRemoved>,
) => {
  const { now, state } = context;
  await retire(context, { pkgbase });
  await state.write((transaction) =>
    transaction.publish(publication(packageRetired, { pkgbase, removedAt, at: now() })),
  );
};
