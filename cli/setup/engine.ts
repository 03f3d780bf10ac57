import { request } from "node:http";
import type { DockerAddress } from "#shared/docker-url.ts";

type Answer = { readonly status: number; readonly body: string };

/** Asks an engine; undefined when nothing answers there within `timeout` milliseconds. */
const ask = (address: DockerAddress, method: "GET" | "POST", path: string, timeout: number) =>
  new Promise<Answer | undefined>((resolve) => {
    const where =
      address.kind === "socket"
        ? { socketPath: address.path }
        : { host: address.host, port: address.port };
    const asked = request(
      { ...where, method, path, signal: AbortSignal.timeout(timeout), headers: { host: "docker" } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", () => resolve(undefined));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    asked.on("error", () => resolve(undefined));
    asked.end();
  });

export const answers = async (address: DockerAddress) =>
  (await ask(address, "GET", "/_ping", 3_000))?.status === 200;

export type Image = { readonly id: string; readonly labels: Readonly<Record<string, string>> };

/** An image of that name, if the engine has one. */
export const findImage = async (
  address: DockerAddress,
  name: string,
): Promise<Image | undefined> => {
  const answer = await ask(address, "GET", `/images/${name}/json`, 10_000);
  if (answer?.status !== 200) return undefined;
  // Safe: ImageInspect of the engine's API, 1.24 and later.
  const image = JSON.parse(answer.body) as {
    Id: string;
    Config?: { Labels?: Record<string, string> | null };
  };
  return { id: image.Id, labels: image.Config?.Labels ?? {} };
};

/** Whether a registry answers the engine for that image. */
export const isPullable = async (address: DockerAddress, name: string) =>
  (await ask(address, "GET", `/distribution/${name}/json`, 15_000))?.status === 200;

/** Ends every container of an engine, without waiting for what they would still do. */
export const killContainers = async (address: DockerAddress) => {
  const answer = await ask(address, "GET", "/containers/json", 3_000);
  if (answer?.status !== 200) return;
  // Safe: ContainerList of the engine's API.
  const containers = JSON.parse(answer.body) as { Id: string }[];
  await Promise.all(
    containers.map(({ Id }) => ask(address, "POST", `/containers/${Id}/kill`, 3_000)),
  );
};
