import { expect, test } from "vitest";
import { findSettings } from "../../cli/settings.ts";

const files: Readonly<Record<string, string>> = {
  "/home/me/.config/serene.yml": 'url: "https://serene.example/"\nelevator: sudo\n',
  "/home/me/.local/share/serene/secret.txt": "of the file\n",
};

const find = (given = {}, environment = {}) =>
  findSettings(
    { environment: { HOME: "/home/me", ...environment }, readFile: async (path) => files[path] },
    given,
  );

test("serene's own files name the server and the secret", async () => {
  expect(await find()).toEqual({ url: "https://serene.example", secret: "of the file" });
});

test("the environment wins over files, and the command line over both", async () => {
  const environment = { KILN_URL: "http://one.example", KILN_SECRET: "of the environment" };

  expect(await find({}, environment)).toEqual({
    url: "http://one.example",
    secret: "of the environment",
  });
  expect(await find({ server: "http://two.example/", secret: "given" }, environment)).toEqual({
    url: "http://two.example",
    secret: "given",
  });
});

const loggedIn: Readonly<Record<string, string>> = {
  ...files,
  "/home/me/.config/kiln/login.json": '{"url":"https://kiln.example","secret":"of the login"}\n',
};

const findLoggedIn = (given = {}, environment = {}) =>
  findSettings(
    { environment: { HOME: "/home/me", ...environment }, readFile: async (path) => loggedIn[path] },
    given,
  );

test("a login wins over serene's files, and yields to the environment", async () => {
  expect(await findLoggedIn()).toEqual({ url: "https://kiln.example", secret: "of the login" });
  expect(await findLoggedIn({}, { KILN_SECRET: "of the environment" })).toEqual({
    url: "https://kiln.example",
    secret: "of the environment",
  });
});

test("a secret that a file has for one server is sent to no other", async () => {
  expect(await findLoggedIn({ server: "https://other.example" })).toEqual({
    url: "https://other.example",
    secret: undefined,
  });
  expect(await find({ server: "https://other.example" })).toEqual({
    url: "https://other.example",
    secret: undefined,
  });
  expect(await findLoggedIn({ server: "https://serene.example/" })).toEqual({
    url: "https://serene.example",
    secret: "of the file",
  });
});

test("a damaged login says how to mend it", async () => {
  const readFile = async (path: string) => (path.endsWith("login.json") ? "{" : undefined);

  await expect(findSettings({ environment: { HOME: "/home/me" }, readFile }, {})).rejects.toThrow(
    '/home/me/.config/kiln/login.json is damaged; "kiln login <url>" writes it anew',
  );
});

test("where nothing is named, it is the server that runs here, without a secret", async () => {
  expect(await find({}, { HOME: "/home/other" })).toEqual({
    url: "http://127.0.0.1:8080",
    secret: undefined,
  });
});

test.each(["nowhere", "ftp://x", "http://"])("%s is no server", async (server) => {
  await expect(find({ server })).rejects.toThrow(
    `the server is ${server}, expected an http:// or https:// address`,
  );
});
