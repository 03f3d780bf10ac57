import { expect, test } from "vitest";
import { demultiplex } from "../../../../services/builder/docker/demultiplex.ts";
import { pieces } from "../../../support/archive.ts";

const frame = (stream: number, text: string) => {
  const content = Buffer.from(text);
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(content.byteLength, 4);
  return Buffer.concat([header, content]);
};

test.each([1, 3, 8, 9, 1_000])("frames are read whole from pieces of %i bytes", async (size) => {
  const sent = Buffer.concat([frame(1, "one "), frame(2, "two "), frame(1, ""), frame(1, "three")]);
  const printed = { stdout: "", stderr: "" };
  let all = "";

  for await (const { stream, bytes } of demultiplex(pieces(sent, size))) {
    printed[stream] += Buffer.from(bytes).toString();
    all += Buffer.from(bytes).toString();
  }

  expect(printed).toEqual({ stdout: "one three", stderr: "two " });
  expect(all).toBe("one two three");
});
