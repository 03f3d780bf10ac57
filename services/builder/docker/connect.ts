import Docker from "dockerode";
import { parseDockerUrl } from "#shared/docker-url.ts";
import { Fault } from "#shared/fault.ts";
import type { Pause } from "#shared/pause.ts";
import { containerOf } from "./container.ts";
import { createOptions, labelOfAll } from "./create-options.ts";
import type { Engine } from "./engine.ts";
import { asFault, statusOf } from "./refusal.ts";

export const connectDocker = (url: string, pause: Pause): Engine => {
  // Said to be absent, as dockerode else takes DOCKER_HOST for them.
  const docker = new Docker({ host: undefined, protocol: "http", ...optionsOf(url) });
  const refuse = (doing: string) => (error: unknown) => {
    throw asFault(error, url, doing);
  };
  const refuseWithout = (image: string, doing: string) => (error: unknown) => {
    if (statusOf(error) !== 404) throw asFault(error, url, doing);
    throw new Fault(
      "missing",
      `runner image ${image} is not there: make it as runner/README.md says, pull it, or set RUNNER_IMAGE`,
    );
  };

  return {
    ping: async () => void (await docker.ping().catch(refuse("a ping"))),

    demandImage: async (image) =>
      void (await docker
        .getImage(image)
        .inspect()
        .catch(refuseWithout(image, "a look at its images"))),

    async start(spec) {
      const created = await docker
        .createContainer(createOptions(spec))
        .catch(refuseWithout(spec.image, "a new container"));
      return containerOf(created, url, pause);
    },

    async list() {
      const filters = { label: [labelOfAll] };
      const found = await docker
        .listContainers({ all: true, filters })
        .catch(refuse("a list of containers"));
      return found.map(({ Id, Labels, State, Created }) => ({
        id: Id,
        labels: Labels,
        running: State === "running" || State === "paused",
        createdAt: Created * 1_000,
      }));
    },

    remove: async (id) =>
      void (await docker
        .getContainer(id)
        .remove({ force: true, v: true })
        .catch(unlessGone)
        .catch(refuse("the removal of a container"))),
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
