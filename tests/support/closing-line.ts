import type { Reporter } from "vitest/node";
import { type Ran, ringLines } from "./ring-times.ts";

type Options = {
  /** A test that was skipped is a failure. */
  readonly strict: boolean;
  /** What each ring may take, in milliseconds, by its project's name. */
  readonly budgets: Readonly<Record<string, number>>;
};

/**
 * Says how long each ring took, and last, on a line of its own, `N passed, N failed`. A file that cannot be loaded is
 * a failure; so is a test that was skipped, where `strict`, and each is named.
 */
export const closingLine = ({ strict, budgets }: Options): Reporter => {
  const begun = new Map<string, number>();
  const ran: Ran[] = [];
  return {
    onTestModuleQueued: ({ id }) => void begun.set(id, performance.now()),
    onTestModuleEnd({ id, project, relativeModuleId }) {
      const to = performance.now();
      const from = begun.get(id) ?? to;
      ran.push({ ring: project.name, file: relativeModuleId.replace(/^tests\//, ""), from, to });
    },
    onTestRunEnd(modules, unhandled) {
      const tests = modules.flatMap((module) => [...module.children.allTests()]);
      const count = (state: string) => tests.filter((test) => test.result().state === state).length;
      const broken = modules.filter(
        (module) =>
          module.state() === "failed" && [...module.children.allTests("failed")].length === 0,
      );
      const skipped = strict ? tests.filter((test) => test.result().state === "skipped") : [];

      for (const test of skipped)
        process.stdout.write(
          `skipped, and may not be: ${test.module.relativeModuleId}: ${test.fullName}\n`,
        );
      const failed = count("failed") + broken.length + skipped.length + unhandled.length;
      if (failed > 0) process.exitCode = 1;
      for (const line of ringLines(ran, budgets)) process.stdout.write(`${line}\n`);
      process.stdout.write(`${count("passed")} passed, ${failed} failed\n`);
    },
  };
};
