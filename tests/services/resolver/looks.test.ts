import { expect, test } from "vitest";
import type { LookedAt } from "#shared/messages/vcs.ts";
import { pause } from "#shared/pause.ts";
import { openLooks } from "../../../services/resolver/looks.ts";

const git = (name: string): LookedAt => ({
  protocol: "git",
  url: `https://example.org/${name}`,
  ref: "HEAD",
});

/** Builders that find of each source its URL's last part as the commit. */
const setup = () => {
  const asked: number[] = [];
  const ask = async (_: unknown, { sources }: { readonly sources: readonly LookedAt[] }) => {
    asked.push(sources.length);
    return {
      looks: sources.map(({ url }) => ({ kind: "found", commit: url.split("/").at(-1) })),
    };
  };
  // Safe: one question is asked with it alone.
  const context = { ask, pause } as unknown as Parameters<typeof openLooks>[0];
  return { looks: openLooks(context), asked };
};

test("sources are looked at once, many by one question", async () => {
  const { looks, asked } = setup();
  const many = Array.from({ length: 450 }, (_, at) => git(`x${at}`));

  await looks.at([...many, ...many]);
  const again = await looks.at([git("x7"), git("new")]);

  expect(asked).toEqual([200, 200, 50, 1]);
  expect(again).toEqual([
    { kind: "found", commit: "x7" },
    { kind: "found", commit: "new" },
  ]);
});
