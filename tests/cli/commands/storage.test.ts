import { expect, test } from "vitest";
import type { StorageInfo, SweepInfo } from "#shared/views.ts";
import { refuse, runCommandLine } from "../../support/command-line.ts";

const aSweep = (values: Partial<SweepInfo> = {}): SweepInfo => ({
  id: "00000000-0000-4000-8000-000000000001",
  reason: "manual",
  dry_run: false,
  ordered: "2026-01-01T11:57:00.000Z",
  ended: "2026-01-01T11:57:42.000Z",
  obstacle: null,
  blobs: 3,
  bytes: 5 * 1024 ** 2,
  ...values,
});

const aStorage = (values: Partial<StorageInfo> = {}): StorageInfo => ({
  measured: "2026-01-01T11:57:00.000Z",
  kinds: [
    { kind: "published packages", blobs: 12, bytes: 3 * 1024 ** 3 },
    { kind: "unused", blobs: 1, bytes: 1_000 },
  ],
  sweeps: [],
  ...values,
});

const json = (value: unknown) => () => Response.json(value);

test("what takes how much is shown with its sum and its age", async () => {
  const { code, output } = await runCommandLine(["storage"], {
    answers: { "GET /storage": aStorage() },
  });

  expect(code).toBe(0);
  expect(output).toBe(
    [
      "KIND                BLOBS  SIZE",
      "published packages  12     3.0 GiB",
      "unused              1      1000 B",
      "all                 13     3.0 GiB",
      "as of 3 minutes ago",
      "",
    ].join("\n"),
  );
});

test("before the first sweep, what measures is named", async () => {
  const { output } = await runCommandLine(["storage"], {
    answers: { "GET /storage": aStorage({ measured: null, kinds: [] }) },
  });

  expect(output).toBe('nothing was measured yet; "kiln storage sweep --dry-run" does it\n');
});

test("--json gives what the API gave", async () => {
  const { output } = await runCommandLine(["storage", "--json"], {
    answers: { "GET /storage": aStorage() },
  });

  expect(JSON.parse(output)).toEqual(aStorage());
});

test("a sweep is ordered once, and waited for while the server restarts", async () => {
  const waiting = aSweep({ ended: null, blobs: 0, bytes: 0 });

  const { code, output, requests } = await runCommandLine(["storage", "sweep"], {
    answers: {
      "POST /storage/sweep": waiting,
      "GET /storage": [
        json(aStorage({ sweeps: [waiting] })),
        refuse(503, "restarting"),
        json(aStorage({ sweeps: [aSweep()] })),
      ],
    },
  });

  expect([code, output]).toEqual([0, "deleted 3 blobs, 5.0 MiB\n"]);
  const [ordered] = requests;
  expect(ordered).toMatchObject({ body: { dry_run: false }, key: expect.any(String) });
});

test("--dry-run says what would go", async () => {
  const ended = aSweep({ dry_run: true });

  const { output, requests } = await runCommandLine(["storage", "sweep", "--dry-run"], {
    answers: {
      "POST /storage/sweep": ended,
      "GET /storage": aStorage({ sweeps: [ended] }),
    },
  });

  expect(output).toBe("would delete 3 blobs, 5.0 MiB\n");
  expect(requests[0]?.body).toEqual({ dry_run: true });
});

test("a sweep that could delete nothing ends with exit code 1, and says why", async () => {
  const ended = aSweep({ obstacle: "a message is not handled yet", blobs: 0, bytes: 0 });

  const { code, output } = await runCommandLine(["storage", "sweep"], {
    answers: { "POST /storage/sweep": ended, "GET /storage": aStorage({ sweeps: [ended] }) },
  });

  expect([code, output]).toEqual([1, "nothing was deleted: a message is not handled yet\n"]);
});
