import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { access, chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { serve } from "#shared/runtime.ts";
import { runProgram } from "../support/program.ts";
import { startRepo } from "../support/repo.ts";
import { insertPackage } from "../support/rows.ts";

// How fast small and large files are served, beside nginx where that is installed.
// Run by hand: bun tests/bench/serve.ts

const seconds = 4;
const connections = 16;

/** Runs in a process of its own, and prints requests and bytes a second. */
const load = async (url: string) => {
  const end = performance.now() + seconds * 1_000;
  let [requests, bytes] = [0, 0];
  const client = async () => {
    while (performance.now() < end) {
      const response = await fetch(url);
      const body = await response.arrayBuffer();
      bytes += body.byteLength;
      requests++;
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  const result = {
    perSecond: Math.round(requests / seconds),
    mibPerSecond: Math.round(bytes / seconds / 1024 ** 2),
  };
  console.log(JSON.stringify(result));
};

const measure = async (server: string, base: string) => {
  for (const [size, name] of [
    ["small", "serene.db"],
    ["large", "foo-1.0-1-x86_64.pkg.tar.gz"],
  ]) {
    const args = [import.meta.filename, "load", `${base}/${name}`];
    const result = await runProgram(process.execPath, args);
    console.log(JSON.stringify({ server, size, ...JSON.parse(result) }));
  }
};

const startNginx = async (directory: string, root: string) => {
  const config = join(directory, "nginx.conf");
  const port = 18_097;
  await writeFile(
    config,
    `daemon off; error_log stderr; pid ${directory}/nginx.pid; worker_processes 2; events {}
    http { access_log off; sendfile on; server { listen 127.0.0.1:${port}; root ${root}; } }`,
  );
  const server = spawn("/usr/sbin/nginx", ["-c", config], { stdio: "ignore" });
  await new Promise((resolve) => setTimeout(resolve, 500));
  return { base: `http://127.0.0.1:${port}`, [Symbol.dispose]: () => void server.kill() };
};

if (process.argv[2] === "load") await load(process.argv[3] ?? "");
else {
  await using it = await startRepo({ SIGN_KEY_GENERATE: "true" }, { at: Date.now() });
  await insertPackage(it.world.state, "foo");
  await it.publish({ content: randomBytes(64 * 1024 * 1024) });
  const fetchFile = it.running.http?.fetch ?? (() => new Response(null, { status: 404 }));
  await using server = await serve(fetchFile, "127.0.0.1", 0);
  await measure("kiln", `http://127.0.0.1:${server.port}/x86_64`);
  const nginxThere = await access("/usr/sbin/nginx").then(
    () => true,
    () => false,
  );
  if (nginxThere) {
    await chmod(it.world.directory, 0o755);
    using nginx = await startNginx(it.world.directory, it.directory);
    await measure("nginx", nginx.base);
  }
}
