import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, inject, test } from "vitest";
import { hashOf } from "#shared/secret.ts";
import { minutes } from "#shared/time.ts";
import { makeKey } from "../../services/signer/key.ts";
import { engineSocket, ensureKilnImage, mirrorVolume, startCompose } from "../support/compose.ts";
import { installSigned } from "../support/install-signed.ts";
import { clientOf, secret } from "../support/kiln.ts";
import { makeScratch } from "../support/scratch.ts";

const example = resolve(import.meta.dirname, "../support/serene-compose.yaml");

/** serene's example with another image; and, as this machine is not everybody's, another socket, port and mirror. */
const makeDirectory = async (image: string) => {
  const scratch = await makeScratch();
  const at = (path: string) => join(scratch.path, path);
  const text = await readFile(example, "utf8");
  const ours = text
    .replace(/image: .*/, `image: ${image}`)
    .replace("/var/run/docker.sock:", `${engineSocket()}:`)
    .replace('"8080:80"', '"127.0.0.1::80"');
  await writeFile(at("docker-compose.yml"), ours);
  const override = {
    version: "3.8",
    services: {
      serene: {
        restart: "no",
        environment: { SYNC_MIRROR: inject("mirror"), RUNNER_IMAGE: inject("runnerImage") },
        volumes: [mirrorVolume()].filter(Boolean),
      },
    },
  };
  await writeFile(at("test.yaml"), JSON.stringify(override));
  await mkdir(at("app"));
  await writeFile(at("app/authorized_secrets"), `${await hashOf(secret)} tests\n`, { mode: 0o600 });
  const key = await makeKey("serene", undefined, Date.now());
  await writeFile(at("app/sign_key.asc"), key, { mode: 0o600 });
  return scratch;
};

test(
  "serene's example compose file runs all of kiln with only its image changed, and not as root",
  async () => {
    const image = await ensureKilnImage();
    await using directory = await makeDirectory(image);
    await using stack = await startCompose(directory.path, ["docker-compose.yml", "test.yaml"]);
    const url = `http://127.0.0.1:${await stack.port("serene", 80)}`;

    const ends = await clientOf(url).ends("kiln-cli");
    const installed = await installSigned(url, ["kiln-cli"]);
    const { stdout: users } = await stack.compose("top", "serene");

    expect(ends).toEqual({ "kiln-cli": { state: "success" } });
    expect(installed).toEqual(["kiln-cli"]);
    const kilns = users.split("\n").filter((line) => line.includes("services/all.ts"));
    expect(kilns).not.toEqual([]);
    expect(kilns.filter((line) => line.startsWith("root"))).toEqual([]);
  },
  minutes(5),
);
