import { once } from "node:events";
import { connectTo } from "./database.ts";

// A process of its own that keeps a database locked until its input ends: `bun state-lock.ts <url>`.
const [url = ""] = process.argv.slice(2);
using database = connectTo(url);
const lock = await database.transaction("write");
process.stdout.write("locked\n");
process.stdin.resume();
await once(process.stdin, "end");
await lock.rollback();
