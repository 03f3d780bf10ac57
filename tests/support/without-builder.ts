import { run } from "#shared/service/run.ts";
import { all } from "../../services/all.ts";

// Run as a process of its own: all of kiln but the builder.
await run(...all.filter(({ name }) => name !== "builder"));
