import { setTimeout as moment } from "node:timers/promises";
import { connectTo } from "./database.ts";

// A process of its own that keeps a database locked: `bun state-lock.ts <url> <milliseconds>`.
const [url = "", duration = ""] = process.argv.slice(2);
using database = connectTo(url);
const lock = await database.transaction("write");
process.stdout.write("locked\n");
await moment(Number(duration));
await lock.rollback();
