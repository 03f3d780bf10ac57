import * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import { orderBuilds } from "#shared/messages/build.ts";
import { orderRebuild } from "#shared/messages/rebuild.ts";
import { orderSweep } from "#shared/messages/storage.ts";
import { AddId, Pkgbase, RebuildId, SessionId, SweepId } from "#shared/model.ts";
import { seconds } from "#shared/time.ts";
import { addPackage } from "../../services/api/add-package.ts";
import type { Api } from "../../services/api/context.ts";
import { orderAll, orderNamed } from "../../services/api/order-builds.ts";
import { removePackage } from "../../services/api/remove-package.ts";
import { openProcess } from "./kernel.ts";
import type { Random } from "./random.ts";
import type { Act, Planned } from "./workload.ts";
import type { World } from "./world.ts";

/** How often something is tried that could not be done now. */
const tries = 3;

/** Does what was planned, by the api's verbs. Resolves when everything was done, or tried often enough. */
export const beUsers = async (world: World, acts: readonly Planned[], random: Random) => {
  const user = openProcess("user", 1);
  const pause = world.kernel.pauseOf(user);
  const begin = world.kernel.clock.now();
  const note = (what: string, act: Act) =>
    world.kernel.trace.add(world.kernel.clock.now(), what, user.name, textOf(act));

  const attempt = async (act: Act, id: string): Promise<"done" | "again"> => {
    const apis = world.processes.apis();
    if (apis.length === 0) return "again";
    const { api, process } = random.pick(apis);
    const died = Promise.withResolvers<"again">();
    const forget = process.onDeath(() => died.resolve("again"));
    note("calls", act);
    try {
      return await Promise.race([
        perform(world, api, act, id).then(() => "done" as const),
        died.promise,
      ]);
    } catch (error) {
      if (!(error instanceof Fault)) {
        world.bug(`api, ${act.kind}`, error);
        return "done";
      }
      note(`${error.kind}`, act);
      return error.kind === "unavailable" || error.kind === "conflict" ? "again" : "done";
    } finally {
      forget();
    }
  };

  const each = async ({ at, act }: Planned) => {
    await pause(begin + at - world.kernel.clock.now());
    // One id for all tries: what was carried out already is not done twice.
    const id = world.newId();
    for (let count = 0; count < tries; count++) {
      if ((await attempt(act, id)) === "done") return note("done", act);
      await pause(seconds(random.between(1, 20)));
    }
    note("gives up", act);
  };
  await Promise.all(acts.map(each));
};

const perform = async ({ upstream }: World, api: Api, act: Act, id: string): Promise<unknown> => {
  const session = v.parse(SessionId, id);
  switch (act.kind) {
    case "add": {
      const source = { type: "aur", name: act.pkgbase } as const;
      const { replace } = act;
      const added = await addPackage(
        api,
        { source, replace, build: true, resolve: true },
        v.parse(AddId, id),
      );
      // The AUR may answer the next time.
      if (added.kind === "unusable") throw new Fault("unavailable", added.message);
      return added;
    }
    case "order":
      return orderNamed(api, act.names, { resolve: true, force: act.force, session });
    case "order-all":
      return orderAll(api, { resolve: true, force: act.force, session });
    case "order-part":
      return api.ask(orderBuilds, {
        session,
        packages: [v.parse(Pkgbase, act.pkgbase)],
        reason: "manual",
        resolve: true,
        force: true,
        more: true,
      });
    case "remove":
      return removePackage(api, v.parse(Pkgbase, act.pkgbase));
    case "rebuild":
      return api.ask(orderRebuild, {
        rebuild: v.parse(RebuildId, id),
        pkgbase: v.parse(Pkgbase, act.pkgbase),
      });
    case "sweep":
      return api.ask(orderSweep, { sweep: v.parse(SweepId, id), dryRun: act.dryRun });
    case "watch": {
      const subscriber = await api.live.subscribe(act.pkgbase, "a user");
      await api.pause(seconds(60));
      return subscriber.leave();
    }
    case "push":
      return upstream.push(act.recipe);
    case "commit":
      return upstream.commit(act.pkgbase);
  }
};

const textOf = (act: Act) => {
  if (act.kind === "push")
    return `push ${act.recipe.pkgbase} ${act.recipe.version}, which ${act.recipe.fate}`;
  const { kind, ...rest } = act;
  return `${kind} ${Object.values(rest).join(" ")}`;
};
