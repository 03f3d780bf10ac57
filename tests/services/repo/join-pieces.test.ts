import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { endFrame } from "#shared/pacman/database-frame.ts";
import { joinPieces } from "../../../services/repo/join-pieces.ts";

const contents = new Map(
  ["one", "second", "third frame", "4"].map((text) => {
    const content = Buffer.from(text);
    const sha256 = createHash("sha256").update(content).digest("hex");
    return [text, { sha256, bytes: content.byteLength, content }] as const;
  }),
);

const piecesOf = (...texts: readonly string[]) =>
  texts.map((text) => {
    const piece = contents.get(text);
    if (!piece) throw new Error(`no ${text}`);
    return piece;
  });

const databaseOf = (...texts: readonly string[]) =>
  Buffer.concat([...piecesOf(...texts).map(({ content }) => content), endFrame]);

const setup = () => {
  const read: string[] = [];
  return {
    read,
    async readPiece(sha256: string) {
      const found = [...contents].find(([, piece]) => piece.sha256 === sha256);
      read.push(found?.[0] ?? "");
      return found?.[1].content ?? Buffer.of();
    },
  };
};

test.each([
  [["one", "second"], ["one", "second", "third frame"], ["third frame"]],
  [["one", "second", "third frame"], ["one", "4", "third frame"], ["4"]],
  [["one", "second"], ["second"], []],
  [["second", "one"], ["one", "second"], []],
  [[], ["one"], ["one"]],
])("of a database of %j, one of %j reads %j", async (before, after, news) => {
  const { read, readPiece } = setup();

  const old = { content: databaseOf(...before), pieces: piecesOf(...before) };
  const joined = await joinPieces(piecesOf(...after), old, readPiece);

  expect(Buffer.from(joined ?? [])).toEqual(databaseOf(...after));
  expect(read).toEqual(news);
});

test("a database that is not as long as its frames is not believed", async () => {
  const { readPiece } = setup();
  const old = { content: databaseOf("one", "4"), pieces: piecesOf("one") };

  expect(await joinPieces(piecesOf("one", "second"), old, readPiece)).toBeUndefined();
});
