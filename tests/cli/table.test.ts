import { expect, test } from "vitest";
import { formatTable } from "../../cli/table.ts";

test("columns are as wide as their widest cell, whatever colours it, and lines end without spaces", () => {
  const red = (text: string) => `<red>${text}</red>`;

  const table = formatTable([
    [{ text: "NAME" }, { text: "STATE" }, { text: "" }],
    [{ text: "ä" }, { text: "failure", paint: red }, { text: "x" }],
    [{ text: "longer" }, { text: "ok" }, { text: "" }],
  ]);

  expect(table).toBe("NAME    STATE\nä       <red>failure</red>  x\nlonger  ok\n");
});
