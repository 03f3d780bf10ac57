import type { Reporter } from "vitest/node";

/**
 * Says last, on a line of its own, `N passed, N failed`. A file that cannot be loaded is a failure;
 * so is a test that was skipped, where `strict`, and each is named.
 */
export const closingLine = ({ strict }: { readonly strict: boolean }): Reporter => ({
  onTestRunEnd: (modules, unhandled) => {
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
    process.stdout.write(`${count("passed")} passed, ${failed} failed\n`);
  },
});
