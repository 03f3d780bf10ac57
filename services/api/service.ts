import {
  buildEnded,
  buildFinished,
  buildPending,
  buildStarted,
  orderBuilds,
  sessionOrdered,
} from "#shared/messages/build.ts";
import { buildOutput } from "#shared/messages/build-output.ts";
import { packageAdded, packageChanged, packageRemoved } from "#shared/messages/package.ts";
import { orderRebuild } from "#shared/messages/rebuild.ts";
import { packageRetired, retirePackage } from "#shared/messages/repo.ts";
import { addRequested } from "#shared/messages/resolve.ts";
import { orderSweep } from "#shared/messages/storage.ts";
import { defineService, every, follow, followOnDemand, on, show } from "#shared/service/define.ts";
import { run } from "#shared/service/run.ts";
import { apiAttempts, apiLease, apiOutbox } from "#shared/state/recovery.ts";
import { minutes, seconds } from "#shared/time.ts";
import { forgetKeys } from "./answer-once.ts";
import { serveApi } from "./app.ts";
import { buildCommandLine } from "./build-command-line.ts";
import { Config, open } from "./context.ts";
import { forgetAdds, unfinishedAdds } from "./finish-add.ts";
import { notifyEnded, notifyFinished, notifyPending, notifyStarted } from "./live/notify.ts";
import { packageDuration, packageEnded, packageState } from "./metrics.ts";
import { forgetRetired, hidden } from "./remove-package.ts";
import { showPackages } from "./show-packages.ts";

/** Serves serene's REST API and live events, and authorizes requests. It uses web APIs only, so that it runs at the edge. */
export const api = defineService({
  name: "api",
  config: Config,
  state: true,
  recovery: { outbox: apiOutbox, lease: apiLease, attempts: apiAttempts },
  open,
  consumes: [on(packageRetired, forgetRetired, { atOnce: 1, ackWait: seconds(5) })],
  publishes: [addRequested, packageAdded, packageChanged, packageRemoved, sessionOrdered],
  follows: [
    follow(buildPending, notifyPending, { from: "now" }),
    follow(buildStarted, notifyStarted, { from: "now" }),
    follow(buildFinished, notifyFinished, { from: "now" }),
    follow(buildEnded, notifyEnded, { from: "now" }),
    followOnDemand(buildOutput),
  ],
  asks: [orderBuilds, orderRebuild, retirePackage, orderSweep],
  repeats: [
    every(minutes(1), buildCommandLine),
    every(minutes(60), forgetAdds),
    every(minutes(60), forgetKeys),
  ],
  reconciles: [hidden, unfinishedAdds],
  shows: [show([packageState, packageEnded, packageDuration], showPackages)],
  http: {
    // In `*/package` of the repository `*` is an architecture, which these are not: a package may be named "package".
    claims: [
      "",
      "package",
      "package/package",
      "webhook",
      "webhook/package",
      "build",
      "key",
      "secret",
      "packages",
      "adds",
      "keys",
      "sessions",
      "storage",
      "openapi.json",
      "asyncapi.json",
    ],
    serve: serveApi,
  },
  health: ({ state }) => state.ping(),
});

if (import.meta.main) await run(api);
