import { setTimeout as moment } from "node:timers/promises";
import { orderBuilds } from "#shared/messages/build.ts";
import { orderRebuild } from "#shared/messages/rebuild.ts";
import { minutes, seconds } from "#shared/time.ts";
import { readEvents } from "../../cli/events.ts";
import type { all } from "../../services/all.ts";
import { buildsIn, type Kiln, type startApart } from "./apart.ts";
import type { Said } from "./spy.ts";

type Apart = Awaited<ReturnType<typeof startApart>>;

export type Service = (typeof all)[number];

type Killed = {
  readonly kiln: Kiln;
  /** Those it had in containers. */
  readonly builds: readonly string[];
};

/** Milliseconds for which the work of a service lasts, about: it is killed somewhere in them. */
const lasts: Readonly<Record<string, number>> = { builder: 1_500, api: 1_000, repo: 100 };

type Terms = {
  readonly random: () => number;
  /** Sees to it that there is work for the service: `pkgbase` is built, or about to be. */
  busy(service: Service): Promise<void>;
  readonly pkgbase: string;
};

/**
 * Kills a process of a service that has work in hand: it is frozen first, and killed only if its work is not done
 * then; else it goes on, and the next work is waited for.
 */
export const killAtWork = async (apart: Apart, service: Service, terms: Terms): Promise<Killed> => {
  const late = AbortSignal.timeout(minutes(8));
  while (!late.aborted) {
    const begun = apart.spy.next((said) => beginsWorkOf(service, said));
    await terms.busy(service);
    await Promise.race([begun, moment(seconds(1))]);
    for (const kiln of apart.kilnsOf(service.name)) {
      const reader = service.name === "api" ? await readLog(kiln, terms.pkgbase) : undefined;
      await moment(terms.random() * (lasts[service.name] ?? 40));
      process.kill(kiln.pid, "SIGSTOP");
      const builds = await buildsIn(kiln.pid);
      const works = { builder: () => builds.length > 0, api: () => reader?.isOpen() ?? false };
      const isAtWork =
        service.name === "api" || service.name === "builder"
          ? works[service.name]()
          : (await apart.spy.heldBy(service)) > 0;
      if (isAtWork) {
        await kiln.kill();
        return { kiln, builds };
      }
      process.kill(kiln.pid, "SIGCONT");
    }
  }
  throw new Error(`${service.name} never had work in hand`);
};

/** Whoever gave these is told whether they were taken; here they are to be. */
const orders = [orderBuilds.subject, orderRebuild.subject];

/** A builder's work shows in its containers, an api's in who reads from it. */
const beginsWorkOf = ({ name, answers = [], consumes = [] }: Service, { declared }: Said) =>
  name !== "api" &&
  (answers.some(({ question }) => question.subject === declared && !orders.includes(declared)) ||
    consumes.some(({ message }) => message.subject === declared));

/** Reads the live log of a package, once there is one, until its end. */
const readLog = async (kiln: Kiln, pkgbase: string) => {
  const answer = await kiln.request(`/package/${pkgbase}/build/logs/subscribe`);
  if (!answer.body) throw new Error(`no live events of ${pkgbase}`);
  const begun = Promise.withResolvers<void>();
  let open = true;
  const read = async (stream: ReadableStream<Uint8Array>) => {
    for await (const { name } of readEvents(stream)) if (name === "log") begun.resolve();
  };
  void read(answer.body)
    .catch(() => undefined)
    .finally(() => {
      open = false;
      begun.resolve();
    });
  await Promise.race([begun.promise, moment(seconds(20))]);
  return { isOpen: () => open };
};
