import * as v from "valibot";
import { RebuildId } from "#shared/model.ts";

export const newRebuildId = () => v.parse(RebuildId, crypto.randomUUID());
