import type { ContainerSpec } from "../../../services/builder/docker/engine.ts";
import type { Process } from "../kernel.ts";
import type { Observer } from "../observer.ts";

export type Containers = {
  /** A process got the news that a build or rebuild has ended. */
  heard(process: Process, id: string): void;
  /** A process asks for a container. */
  asked(process: Process, labels: ContainerSpec["labels"]): void;
};

/** No builder starts a container for what it knows to be over. */
export const watchContainers = ({ violated }: Observer): Containers => {
  const over = new WeakMap<Process, Set<string>>();
  return {
    heard(process, id) {
      const known = over.get(process) ?? new Set();
      over.set(process, known.add(id));
    },
    asked(process, labels) {
      const id = labels["kiln.build"] ?? labels["kiln.rebuild"];
      if (id !== undefined && over.get(process)?.has(id))
        violated("nothing runs after its end", `${process.name} asked for a container for ${id}`);
    },
  };
};
