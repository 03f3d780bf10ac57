import { packageRemoved } from "#shared/messages/package.ts";
import {
  packageRetired,
  publishRefused,
  publishRequested,
  repoPublished,
  retirePackage,
} from "#shared/messages/repo.ts";
import { sign } from "#shared/messages/sign.ts";
import { answer, defineService, every, on, show } from "#shared/service/define.ts";
import { run } from "#shared/service/run.ts";
import { repoLease, repoOutbox } from "#shared/state/recovery.ts";
import { seconds } from "#shared/time.ts";
import { checkHealth } from "./check-health.ts";
import { Config, open } from "./context.ts";
import { files } from "./files.ts";
import { publishedBytes, publishedPackages, publishTime } from "./metrics.ts";
import { giveUp, publish } from "./publish.ts";
import { retire, retireRemoved } from "./retire.ts";
import { showSize } from "./show-size.ts";
import { tend } from "./tend.ts";

/** Takes packages into generations of the pacman repository, and serves them. */
export const repo = defineService({
  name: "repo",
  config: Config,
  state: true,
  recovery: { outbox: repoOutbox, lease: repoLease },
  open,
  answers: [answer(retirePackage, retire)],
  asks: [sign],
  consumes: [
    on(publishRequested, publish, { atOnce: 4, ackWait: seconds(10), dropped: giveUp }),
    on(packageRemoved, retireRemoved, { atOnce: 1, ackWait: seconds(30) }),
  ],
  publishes: [repoPublished, publishRefused, packageRetired],
  repeats: [every(seconds(10), tend)],
  measures: [publishTime],
  shows: [show([publishedPackages, publishedBytes], showSize)],
  // Packages of other architectures too, which get an answer of their own.
  http: { claims: ["{ARCH}", "*/package"], serve: files },
  health: checkHealth,
});

if (import.meta.main) await run(repo);
