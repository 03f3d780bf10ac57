import { run } from "#shared/service/run.ts";
import { api } from "./api/service.ts";
import { builder } from "./builder/service.ts";
import { repo } from "./repo/service.ts";
import { resolver } from "./resolver/service.ts";
import { scheduler } from "./scheduler/service.ts";
import { signer } from "./signer/service.ts";
import { verifier } from "./verifier/service.ts";

/** In the order they start: those first that others ask. */
export const all = [signer, repo, builder, resolver, scheduler, verifier, api] as const;

if (import.meta.main) await run(...all);
