import { programEnvironment } from "#shared/service/program-config.ts";

/** What programs that kiln runs get in tests. */
export const programs = programEnvironment({ PATH: process.env.PATH ?? "" });
