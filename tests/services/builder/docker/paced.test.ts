import { expect, test } from "vitest";
import type { Printed } from "../../../../services/builder/docker/demultiplex.ts";
import { paced } from "../../../../services/builder/docker/paced.ts";

const mebibyte = 1024 ** 2;

async function* printing(pieces: number): AsyncGenerator<Printed> {
  for (let nth = 0; nth < pieces; nth++)
    yield { stream: "stdout", bytes: new Uint8Array(mebibyte).fill(nth) };
}

test("all that a program prints comes, in order, with a pause after each 2 MiB", async () => {
  const seen: (number | string)[] = [];
  const pause = async (milliseconds: number) => void seen.push(`pause of ${milliseconds} ms`);

  for await (const { bytes } of paced(printing(5), pause)) seen.push(bytes[0] ?? -1);

  expect(seen).toEqual([0, 1, "pause of 100 ms", 2, 3, "pause of 100 ms", 4]);
});
