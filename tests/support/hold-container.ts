import { pause } from "#shared/pause.ts";
import { connectDocker } from "../../services/builder/docker/connect.ts";

// Run as a process of its own: starts a container as a builder does, says its id, and waits to be killed.
const [url = "", image = "", label = ""] = process.argv.slice(2);
const engine = connectDocker(url, pause, { kind: "open" });
await engine.start({
  image,
  labels: { "kiln.builder": label },
  memory: 256 * 1024 ** 2,
  cpus: 0,
  processes: 64,
  network: false,
  lifetime: 120_000,
});
console.log("holding");
await new Promise((resolve) => setTimeout(resolve, 120_000));
