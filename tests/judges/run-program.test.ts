import { expect, test, vi } from "vitest";
import { isRunning } from "../../cli/setup/processes.ts";
import { runProgram } from "../../cli/setup/run-program.ts";

test("says each line of standard output, and no other", async () => {
  const said: string[] = [];

  await runProgram(["sh", "-c", "echo one; echo two >&2; echo three"], {
    say: (line) => said.push(line),
  });

  expect(said).toEqual(["one", "three"]);
});

test("a failure is a fault with the program's last lines", async () => {
  const run = runProgram(["sh", "-c", "echo what; echo why >&2; exit 3"]);

  await expect(run).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringMatching(/exit code 3: sh.*\nwhat\nwhy$/s),
  });
});

test("a program that is not there is a fault that names it", async () => {
  await expect(runProgram(["no-such-program"])).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("no-such-program"),
  });
});

test("abort ends the program with its children, and is thrown", async () => {
  const stop = new AbortController();
  const pids: number[] = [];
  const run = runProgram(["sh", "-c", "sleep 60 & echo $!; wait"], {
    say: (line) => pids.push(Number(line)),
    signal: stop.signal,
  });
  const thrown = expect(run).rejects.toMatchObject({ name: "AbortError" });
  await vi.waitFor(() => expect(pids).toHaveLength(1), { timeout: 15_000 });

  stop.abort();

  await thrown;
  await vi.waitFor(() => expect(pids.filter((pid) => isRunning(pid))).toEqual([]), {
    timeout: 15_000,
  });
});
