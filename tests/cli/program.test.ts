import { expect, test } from "vitest";
import { kilnVersion } from "#shared/version.ts";
import { runCommandLine } from "../support/command-line.ts";

test("--version tells kiln's own", async () => {
  expect(await runCommandLine(["--version"])).toMatchObject({
    code: 0,
    output: `${kilnVersion}\n`,
  });
});

test("--help lists the commands and the exit codes", async () => {
  const { code, output } = await runCommandLine(["--help"]);

  expect(code).toBe(0);
  for (const command of ["start", "list", "add", "info", "build", "logs", "verify", "remove"])
    expect(output).toContain(`\n  ${command} `);
  expect(output).toContain("5  the server cannot be reached");
});

test.each([[["lst"]], [["list", "--nope"]], [["info"]]])(
  "%j is a wrong command line: one line and exit code 2",
  async (commandLine) => {
    const { code, messages } = await runCommandLine(commandLine);

    expect(code).toBe(2);
    expect(messages).toMatch(/^kiln: .+\n$/);
  },
);
