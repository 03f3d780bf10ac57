import Docker from "dockerode";
import { parseDockerUrl } from "#shared/docker-url.ts";
import { Fault } from "#shared/fault.ts";
import type { Pause } from "#shared/pause.ts";
import { seconds } from "#shared/time.ts";
import { containerOf } from "./container.ts";
import { createOptions, labelOfAll } from "./create-options.ts";
import type { Engine } from "./engine.ts";
import { limitOf, patience } from "./limit.ts";
import { type NetworkPolicy, openNetwork } from "./network.ts";
import { asFault, statusOf } from "./refusal.ts";
import { openRoom } from "./room.ts";

/** `policy`: what containers with a network reach. */
export const connectDocker = (url: string, pause: Pause, policy: NetworkPolicy): Engine => {
  // Said to be absent, as dockerode else takes DOCKER_HOST for them.
  const options = { host: undefined, protocol: "http", ...optionsOf(url) } as const;
  const docker = new Docker(options);
  // For what takes no signal: its connections end a moment after the limit does.
  const brief = new Docker({ ...options, timeout: patience + seconds(1) });
  const limit = limitOf(url, pause);
  const network = openNetwork({ docker, brief, url, limit }, policy);
  /** One request; how the engine refuses or fails it is a `Fault`. */
  const ask = <T>(doing: string, request: (abortSignal: AbortSignal) => Promise<T>) =>
    limit.request(doing, request).catch((error: unknown) => {
      throw asFault(error, url, doing);
    });
  const refuseWithout = (image: string, doing: string) => (error: unknown) => {
    if (statusOf(error) !== 404) throw asFault(error, url, doing);
    throw new Fault(
      "missing",
      `runner image ${image} is not there: make it as runner/README.md says, pull it, or set RUNNER_IMAGE`,
    );
  };

  return {
    ping: async () => void (await ask("a ping", () => brief.ping())),

    demandImage: async (image) =>
      void (await limit
        .request("a look at its images", () => brief.getImage(image).inspect())
        .catch(refuseWithout(image, "a look at its images"))),

    demandNetwork: network.demand,

    room: openRoom({ docker, brief, url, limit }),

    async start(spec) {
      const joined = spec.network ? await network.join() : "none";
      const created = await limit
        .request("a new container", (abortSignal) =>
          docker.createContainer({ ...createOptions(spec, joined), abortSignal }),
        )
        .catch(refuseWithout(spec.image, "a new container"));
      const container = await containerOf(created, url, pause, limit);
      if (!spec.network) return container;
      try {
        await network.confine(created.id, spec.image);
      } catch (error) {
        await container[Symbol.asyncDispose]();
        throw error;
      }
      return { ...container, refused: () => network.refused(created.id, spec.image) };
    },

    async list() {
      const filters = { label: [labelOfAll] };
      const found = await ask("a list of containers", (abortSignal) =>
        docker.listContainers({ all: true, filters, abortSignal }),
      );
      return found.map(({ Id, Labels, State, Created }) => ({
        id: Id,
        labels: Labels,
        running: State === "running" || State === "paused",
        createdAt: Created * 1_000,
      }));
    },

    remove: async (id) =>
      void (await ask("the removal of a container", (abortSignal) =>
        docker.getContainer(id).remove({ force: true, v: true, abortSignal }).catch(unlessGone),
      )),
  };
};

/** 404: it is gone; 409: the engine is at it. */
const unlessGone = (error: unknown) => {
  if (![404, 409].includes(statusOf(error) ?? 0)) throw error;
};

const optionsOf = (url: string) => {
  const address = parseDockerUrl("DOCKER_URL", url);
  return address.kind === "socket"
    ? { socketPath: address.path }
    : { host: address.host, port: address.port };
};
