import { Readable } from "node:stream";
import type Docker from "dockerode";
import { labelOfAll } from "./create-options.ts";
import { demultiplex } from "./demultiplex.ts";
import type { Limit } from "./limit.ts";

export type Helper = {
  readonly image: string;
  /** `host`, `bridge`, the name of a network, or `container:ID`. */
  readonly network: string;
  readonly capabilities?: readonly string[];
  /** A script of bash, and its arguments. */
  readonly script: string;
  readonly args?: readonly string[];
  /** The value of the label that says what the container is for. */
  readonly purpose: "network" | "disk";
};

/** Bytes of output that are read. */
const limitOfOutput = 1024 * 1024;

/**
 * What a short script prints in a container of its own, which ends within 30 s. No recipe is ever in it: its file
 * system is the image's.
 */
export const runHelper = async (docker: Docker, limit: Limit, helper: Helper): Promise<string> => {
  const { image, network, capabilities = [], script, args = [], purpose } = helper;
  const doing = `a container for its ${purpose}`;
  const created = await limit.request(doing, (abortSignal) =>
    docker.createContainer({
      Image: image,
      Entrypoint: ["timeout", "30", "bash", "-c", script, "--"],
      Cmd: [...args],
      User: "root",
      WorkingDir: "/",
      AttachStdout: true,
      AttachStderr: true,
      // A builder that is killed may leave one that was not started; the next builder removes that.
      Labels: { [labelOfAll]: "helper", "kiln.helper": purpose },
      HostConfig: {
        AutoRemove: true,
        CapDrop: ["ALL"],
        CapAdd: [...capabilities],
        SecurityOpt: ["no-new-privileges"],
        ReadonlyRootfs: true,
        Memory: 256 * 1024 ** 2,
        PidsLimit: 256,
        NetworkMode: network,
        LogConfig: { Type: "none", Config: {} },
      },
      abortSignal,
    }),
  );
  try {
    const output = await limit.request(doing, (abortSignal) =>
      created.attach({ stream: true, stdout: true, stderr: true, abortSignal }),
    );
    await limit.request(doing, (abortSignal) => created.start({ abortSignal }));
    return await limit.request(doing, () => textOf(output));
  } catch (error) {
    await limit.request(doing, (abortSignal) => created.remove({ force: true, abortSignal }));
    throw error;
  }
};

const textOf = async (output: NodeJS.ReadableStream) => {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const printed of demultiplex(Readable.from(output))) {
    bytes += printed.bytes.byteLength;
    if (bytes <= limitOfOutput) pieces.push(printed.bytes);
  }
  return Buffer.concat(pieces).toString("utf8");
};
