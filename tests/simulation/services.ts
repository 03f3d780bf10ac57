import { gunzipSync } from "node:zlib";
import pLimit from "p-limit";
import type { Service } from "#shared/service/define.ts";
import { minutes } from "#shared/time.ts";
import { serveApi } from "../../services/api/app.ts";
import type { Api } from "../../services/api/context.ts";
import { api } from "../../services/api/service.ts";
import { openWith as openBuilder } from "../../services/builder/context.ts";
import type { Engine } from "../../services/builder/docker/engine.ts";
import type { Identity } from "../../services/builder/identity.ts";
import { builder } from "../../services/builder/service.ts";
import { openWith as openRepo } from "../../services/repo/context.ts";
import { repo } from "../../services/repo/service.ts";
import type { Aur } from "../../services/resolver/aur.ts";
import type { Git } from "../../services/resolver/git.ts";
import { openRecipes } from "../../services/resolver/recipes.ts";
import { resolver } from "../../services/resolver/service.ts";
import { openWith as openScheduler } from "../../services/scheduler/context.ts";
import { scheduler } from "../../services/scheduler/service.ts";
import { signer } from "../../services/signer/service.ts";
import { verifier } from "../../services/verifier/service.ts";
import { simulatedKey } from "./key.ts";

/** What a process finds outside of itself, beside the bus, the tables and the blobs. */
export type Outside = {
  /** A builder's host has one. */
  readonly engine?: Engine;
  readonly identity: Identity;
  readonly aur: Aur;
  readonly git: Git;
  /** Takes the context of an api, by which users call its verbs. */
  opened(context: Api): void;
};

/** Made of what is the real service but for what leaves the process. */
export const serviceOf = (name: string, outside: Outside): Service => {
  switch (name) {
    case "api":
      return {
        ...api,
        http: {
          claims: [],
          serve(context: Api) {
            outside.opened(context);
            return serveApi(context);
          },
        },
      };
    case "builder": {
      const { engine, identity } = outside;
      if (!engine) throw new Error("a builder needs a host");
      const compress = async (content: Uint8Array) => content;
      const open: typeof builder.open = (base) => openBuilder(engine, base, { identity, compress });
      return { ...builder, open };
    }
    case "resolver": {
      const open: typeof resolver.open = async (base) => ({
        ...openResolver(outside),
        recipes: openRecipes(base),
      });
      return { ...resolver, open };
    }
    case "repo": {
      const open: typeof repo.open = (base) => openRepo(noDirectory, base);
      return { ...repo, open };
    }
    case "signer":
      return { ...signer, open: openSigner };
    case "scheduler": {
      const open: typeof scheduler.open = async (base) => openScheduler(base, grace);
      const crons = scheduler.crons?.map((cron) =>
        cron.name === "sweep" ? { ...cron, schedules: async () => [sweepsAt] } : cron,
      );
      return { ...scheduler, open, ...(crons && { crons }) };
    }
    case "verifier":
      return verifier;
    default:
      throw new Error(`no service ${name}`);
  }
};

const openResolver = ({ aur, git }: Outside) => ({
  aur,
  git,
  official: async () => ({
    has: ({ name }: { readonly name: string }) => name === "bash",
    isGroup: () => false,
  }),
  fetches: pLimit(6),
});

/**
 * Milliseconds that a blob stays which nothing names: much less than in life, as a run lasts minutes. Half of it is more
 * than a build of BUILD_TIMEOUT takes, as in life.
 */
const grace = minutes(4);

/** When the blob store is swept: a run lasts minutes. */
const sweepsAt = "30 1-9 * * * *";

/** Plain files are shown to nobody. */
const noDirectory = {
  put: async () => {},
  putGeneration: async () => {},
  showGeneration: async () => {},
  generations: async () => [],
  removeGeneration: async () => {},
  remove: async () => {},
  check: async () => {},
};

const openSigner: typeof signer.open = async ({ blobs }) => ({
  keyring: { look: async () => simulatedKey },
  signBlob: async (sha256) => simulatedKey.sign(await blobs.bytes(sha256)),
  unpack,
  checkedFrames: new Set<string>(),
});

/** As the real one, without a thread. */
async function* unpack(source: AsyncIterable<Uint8Array>) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  yield gunzipSync(Buffer.concat(chunks));
}
