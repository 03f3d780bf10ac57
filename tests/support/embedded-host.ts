import { startEmbeddedNats } from "#shared/bus/embedded.ts";
import { programs } from "./programs.ts";
import { silentLog } from "./world.ts";

// A process of its own that has an embedded server, to be killed: `bun embedded-host.ts <directory>`.
const [directory = ""] = process.argv.slice(2);
const { url } = await startEmbeddedNats({ directory, log: silentLog, environment: programs });
process.stdout.write(`${url}\n`);
setInterval(() => {}, 1_000);
