import type { Service } from "#shared/service/define.ts";
import type { Kernel, Process } from "./kernel.ts";

/** The points of one process that its crons and reconciles are. */
export type Points = {
  /** The service, whose process may die around each row that it reconciles. */
  around(service: Service): Service;
  /** Called once a write is committed: a tick that fired in it is a point of its own. */
  committed(): Promise<void>;
};

export const openPoints = (kernel: Kernel, process: Process): Points => {
  let ticked: string | undefined;
  return {
    around: ({ crons, reconciles, ...service }) => ({
      ...service,
      ...(crons && {
        crons: crons.map((cron) => ({
          ...cron,
          async tick(...given) {
            await cron.tick(...given);
            ticked = cron.name;
          },
        })),
      }),
      ...(reconciles && {
        reconciles: reconciles.map((reconcile) => ({
          ...reconcile,
          async step(context, id) {
            await kernel.reach(process, "reconcile", reconcile.name, id);
            await reconcile.step(context, id);
          },
        })),
      }),
    }),
    async committed() {
      if (ticked === undefined) return;
      const cron = ticked;
      ticked = undefined;
      await kernel.reach(process, "cron", cron);
    },
  };
};
