import { expect, test } from "vitest";
import { type LookedAt, lookAtSources } from "#shared/messages/vcs.ts";
import { startBuilder } from "../support/builder.ts";
import { engineEnvironment } from "../support/engine.ts";
import { startGitServer } from "../support/git-server.ts";

test("a fetch container finds branches, tags and HEAD of git, and says what it cannot ask", async () => {
  await using server = await startGitServer();
  await using builder = await startBuilder({
    ...engineEnvironment(),
    RUNNER_REACHABLE: server.address,
  });
  const first = await server.commit("one");
  await server.git("up", "tag", "v1");
  const second = await server.commit("two");
  const url = server.urlOf("up");
  const git = (changes: Partial<LookedAt> = {}): LookedAt => ({
    protocol: "git",
    url,
    ref: "HEAD",
    ...changes,
  });

  const { looks } = await builder.ask(lookAtSources, {
    sources: [
      git(),
      git({ ref: "refs/heads/main" }),
      git({ ref: "refs/tags/v1" }),
      git({ ref: "refs/heads/none" }),
      git({ url: server.urlOf("none") }),
      git({ url: `git://${server.host}:1/up` }),
      { protocol: "hg", url: "https://example.invalid/x", ref: "HEAD" },
    ],
  });

  expect(looks).toEqual([
    { kind: "found", commit: second },
    { kind: "found", commit: second },
    { kind: "found", commit: first },
    { kind: "gone", message: `${url}: there is no refs/heads/none` },
    { kind: "gone", message: expect.stringContaining("repository not exported") },
    { kind: "unknown", message: expect.stringContaining("unable to connect") },
    { kind: "unfollowed", message: "https://example.invalid/x: the runner image has no hg" },
  ]);
});
