import * as v from "valibot";
import { BuildId, SessionId } from "#shared/model.ts";

export const newBuildId = () => v.parse(BuildId, crypto.randomUUID());

export const newSessionId = () => v.parse(SessionId, crypto.randomUUID());
