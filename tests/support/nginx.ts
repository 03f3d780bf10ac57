import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { vi } from "vitest";
import { freePort } from "./free-port.ts";
import { makeScratch } from "./scratch.ts";

/**
 * A caching nginx before a server on a port of this machine, which has that server's `/` at `/aur/` and may serve a
 * folder of plain files at `/plain/`.
 */
export const startNginx = async (upstream: number, folder = "/nowhere") => {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  const port = await freePort();
  const at = (name: string) => join(scratch.path, name);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  for (const name of [...temporary, "cache"]) await mkdir(at(name));
  const config = `
daemon off;
pid ${at("pid")};
error_log ${at("error.log")};
worker_processes 1;
${process.getuid?.() === 0 ? "user root;" : ""}
events {}
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${at(name)};`).join("\n  ")}
  proxy_cache_path ${at("cache")} keys_zone=packages:1m;
  server {
    listen 127.0.0.1:${port};
    location /aur/ {
      proxy_pass http://127.0.0.1:${upstream}/;
      proxy_cache packages;
      proxy_cache_valid 200 10m;
      add_header x-cache $upstream_cache_status;
    }
    location /plain/ { alias ${folder}/; }
  }
}
`;
  await writeFile(at("nginx.conf"), config);
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
  const child = spawn("nginx", ["-e", at("error.log"), "-c", at("nginx.conf")], {
    env,
    stdio: "inherit",
  });
  stack.defer(async () => {
    child.kill("SIGTERM");
    await once(child, "exit");
  });
  const url = `http://127.0.0.1:${port}`;
  await vi.waitFor(() => fetch(url), { timeout: 10_000 });
  const resources = stack.move();
  return { url, [Symbol.asyncDispose]: () => resources.disposeAsync() };
};
