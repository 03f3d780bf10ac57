import { expect, test } from "vitest";
import { dropIn } from "../../../services/builder/own-repository.ts";

const repository = { name: "serene", generation: 1, databases: [], packages: [], list: null };

test("a signed repository must be signed, an unsigned one is taken as it is", () => {
  expect(dropIn({ ...repository, publicKey: "KEY" }, undefined)).toBe(
    "[serene]\nSigLevel = Required\nServer = file:///build/repository\n",
  );
  expect(dropIn({ ...repository, publicKey: null }, "http://kiln/x86_64")).toBe(
    "[serene]\nSigLevel = Never\nServer = http://kiln/x86_64\n",
  );
});

test.each(["a\nServer = http://evil", "a]", "", "-a", "a/b"])(
  "%j is no repository's name",
  (name) => {
    expect(() => dropIn({ ...repository, name, publicKey: null }, undefined)).toThrow(
      "is not a name for a repository",
    );
  },
);
