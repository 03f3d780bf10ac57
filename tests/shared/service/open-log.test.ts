import { expect, test } from "vitest";
import { openLog } from "#shared/service/open-log.ts";

const setup = async (isTerminal: boolean) => {
  const written: string[] = [];
  const channel = { isTerminal, write: (text: string) => void written.push(text) };
  const log = await openLog(channel, "info", false);
  return { log: log.with({ service: "builder" }), written };
};

test("on a terminal an event is a line with its time, level, service and fields", async () => {
  const { log, written } = await setup(true);

  log.info("build started", { pkgbase: "yay" });

  expect(written).toEqual([
    expect.stringMatching(
      /^\[\d\d:\d\d:\d\d\] INFO: builder: build started \{"pkgbase":"yay"\}\n$/,
    ),
  ]);
});

test("an error stands below its line, with where it comes from", async () => {
  const { log, written } = await setup(true);

  log.error("build failed", { error: new Error("no room") });

  const text = written.join("");
  expect(text).toContain("ERROR: builder: build failed");
  expect(text).toMatch(/no room(.|\n)*open-log\.test\.ts/);
});

test("elsewhere an event is a JSON object on a line of its own", async () => {
  const { log, written } = await setup(false);

  log.info("build started", { pkgbase: "yay" });

  expect(written.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ service: "builder", pkgbase: "yay", event: "build started" }),
  ]);
});
