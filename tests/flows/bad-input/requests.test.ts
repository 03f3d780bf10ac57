import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { builds, sessions } from "#shared/state/builds.ts";
import { openState } from "#shared/state/open.ts";
import { packages } from "#shared/state/packages.ts";
import { startAur } from "../../support/aur.ts";
import { makeDataDirectory, pkgbuildOf, secret, startKiln } from "../../support/kiln.ts";
import { sendRaw } from "../../support/raw-http.ts";

const aur = await startAur();
const data = await makeDataDirectory();
const kiln = await startKiln(data.path, { AUR_URL: aur.url });

afterAll(async () => {
  for (const it of [kiln, data, aur]) await it[Symbol.asyncDispose]();
});

const add = (source: object) => ({ replace: false, source });
const git = (url: string) => add({ type: "git", url, devel: false });
const raw = (pkgbuild: string) => add({ type: "raw", pkgbuild, devel: false });

const answerOf = async (response: Promise<Response>) => {
  const answer = await response;
  return { status: answer.status, text: await answer.text() };
};

const listed = async () => (await kiln.request("/package/list")).json();

test.each([
  ["nothing", "", "EOF while parsing a value at line 1 column 0"],
  ["half an object", "{", "EOF while parsing an object at line 1 column 1"],
  ["no object", "null", "invalid type: null, expected an object at line 1 column 4"],
  ["too deep a list", "[".repeat(100_000), "recursion limit exceeded at line 1 column 129"],
  ["no fields", "{}", "missing field `replace` at line 1 column 2"],
  [
    "a source without its content",
    '{"replace":false,"source":{"type":"raw"}}',
    "missing field `pkgbuild` at line 1 column 41",
  ],
  [
    "a source of no kind",
    '{"replace":false,"source":{"type":"zip"}}',
    "unknown variant `zip`, expected one of `aur`, `git`, `raw` at line 1 column 39",
  ],
])("a body that is %s is refused, naming where", async (_what, body, message) => {
  const headers = { "content-type": "application/json" };

  const answer = await answerOf(kiln.request("/package/add", { method: "POST", headers, body }));

  expect(answer).toEqual({ status: 400, text: `Json deserialize error: ${message}` });
  expect(await listed()).toEqual([]);
});

test.each([
  ["ext::sh", "remote helpers are not allowed"],
  ["ext::sh -c touch% /tmp/x", "expected no white space and no control characters"],
  ["fd::3", "remote helpers are not allowed"],
  ["file:///etc", "set GIT_ALLOW_FILE=true to allow file://"],
  ["FILE:///etc", "set GIT_ALLOW_FILE=true to allow file://"],
  ["--upload-pack=x", "expected no leading hyphen"],
  ["ssh://-oProxyCommand=x/y", "expected http://, https://, git:// or ssh:// with a host"],
  ["user@-oProxyCommand:x", "expected http://, https://, git:// or ssh:// with a host"],
  ["../../etc", "expected http://, https://, git:// or ssh:// with a host"],
  ["http://host/\n-x", "expected no white space and no control characters"],
])("git is not given %j", async (url, reason) => {
  const answer = await answerOf(kiln.post("/package/add", git(url)));

  expect(answer.status).toBe(400);
  expect(answer.text).toContain(`git url ${JSON.stringify(url)}: ${reason}`);
  expect(await listed()).toEqual([]);
});

test.each([
  ["a package the AUR has not", "nowhere"],
  ["a path", "../../etc/passwd"],
  ["an option", "--all"],
  ["a wildcard", "*"],
  ["a subject", "build.>"],
  ["a NUL", "a\0b"],
  ["a name over 255 characters", "x".repeat(256)],
])("%s is no AUR package", async (_what, name) => {
  const answer = await answerOf(kiln.post("/package/add", add({ type: "aur", name })));

  expect(answer).toEqual({ status: 404, text: `aur package '${name}' does not exist` });
  expect(await listed()).toEqual([]);
});

const names = ["..%2f..%2fetc%2fpasswd", "-x", "a%00b", "*", "%3E", "a%0ab", "%ff", "__proto__"];

const routes: readonly (readonly [string, string])[] = [
  ["GET", ""],
  ["DELETE", ""],
  ["GET", "/pkgbuild"],
  ["GET", "/build/latest"],
  ["GET", "/build/latest/logs"],
  ["GET", "/build/logs/subscribe"],
];

test.each(routes)(
  "%s /package/{name}%s finds nothing by a name that is none",
  async (method, rest) => {
    const statuses = await Promise.all(
      names.map(async (name) => (await kiln.request(`/package/${name}${rest}`, { method })).status),
    );

    expect(statuses).toEqual(names.map(() => 404));
  },
);

test("an order that names what is none builds nothing", async () => {
  const order = { packages: ["../etc"], clean: false, resolve: true, force: true };

  const answer = await answerOf(kiln.post("/build", order));

  expect(answer).toEqual({ status: 404, text: "package with base ../etc is not added" });
});

test.each([
  "/x86_64/../authorized_secrets",
  "/x86_64/..%2fauthorized_secrets",
  "/x86_64/%2e%2e/%2e%2e/etc/passwd",
  "/../../etc/passwd",
  "//etc/passwd",
  "/x86_64//etc/passwd",
  "/x86_64/serene.db%00",
  "/x86_64/generation/1/..%2f..%2fstate.db",
  "/x86_64/package/..%2f..%2fstate.db",
])("GET %s gives no file", async (path) => {
  const answer = await sendRaw(kiln.url, [`GET ${path} HTTP/1.1`, "host: kiln"]);

  expect(answer.status).toBe(404);
});

test.each([
  ["PURGE", "/package/list"],
  ["PROPFIND", "/x86_64/serene.db"],
  ["TRACE", "/api/v0/dashboard"],
  ["REPORT", "/healthz"],
])("%s, which no service has, is answered at %s", async (method, path) => {
  const answer = await sendRaw(kiln.url, [`${method} ${path} HTTP/1.1`, "host: kiln"]);

  const methods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
  expect(answer).toEqual({ status: 405, body: `kiln has no method ${method}, only ${methods}\n` });
});

test("a host that is none is refused in one line, without a page about our sources", async () => {
  const answer = await sendRaw(kiln.url, ["GET / HTTP/1.1", "host: kiln/%"]);

  expect(answer).toEqual({ status: 400, body: "the request's host or path is none\n" });
});

test.each([
  ["no secret", [], { status: 401, body: "no secret provided" }],
  ["a wrong one", ["authorization: guess"], { status: 403, body: "invalid secret" }],
  ["a near one", [`authorization: ${secret}x`], { status: 403, body: "invalid secret" }],
])("with %s the body is not waited for", async (_what, headers, expected) => {
  const answer = await sendRaw(kiln.url, [
    "POST /package/add HTTP/1.1",
    "host: kiln",
    "content-type: application/json",
    "content-length: 3000000",
    ...headers,
  ]);

  expect(answer).toEqual(expected);
});

test("a body over 2 MiB is refused, announced or not", async () => {
  const text = "JSON payload has exceeded limit (2097152 bytes).";
  const headers = { "content-type": "application/json" };
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(65_536).fill(32)),
  });

  const announced = await answerOf(kiln.post("/package/add", raw("x".repeat(2 * 1024 * 1024))));
  const streamed = await answerOf(
    kiln.request("/package/add", { method: "POST", headers, body: endless }),
  );

  expect([announced, streamed]).toEqual([
    { status: 413, text },
    { status: 413, text },
  ]);
});

test("an add whose dependency cannot be found adds nothing at all", async () => {
  await aur.add({
    pkgbase: "half-lib",
    pkgbuild: pkgbuildOf("half-lib"),
    srcinfo: "pkgbase = half-lib\n\tpkgver = 1\n\tpkgrel = 1\n\tarch = any\n\npkgname = half-lib\n",
  });
  const lines = ["depends=(half-lib nowhere-at-all)"];

  const answer = await answerOf(kiln.post("/package/add", raw(pkgbuildOf("half-app", lines))));

  expect(answer).toEqual({
    status: 422,
    text: "failed to satisfy all dependencies for half-app, missing are nowhere-at-all",
  });
  expect(await listed()).toEqual([]);
  expect(await kiln.buildsOf("half-app")).toEqual([]);
  expect((await kiln.request("/package/half-lib")).status).toBe(404);
  await using state = await openState(`file:${join(data.path, "state.db")}`);
  const counts = [packages, sessions, builds].map((it) => state.read.$count(it));
  expect(await Promise.all(counts)).toEqual([0, 0, 0]);
});

test.each([
  ["does not parse", "pkgname=(\n", "unexpected EOF while looking for matching `)'"],
  ["is empty", "", "pkgname is not allowed to be empty"],
  ["has a path for a name", pkgbuildOf("../x"), "pkgname contains invalid characters: '/'"],
  ["ends bash early", "exit 0\n", "the .SRCINFO cannot be used"],
  ["becomes another program", "exec true\n", "the .SRCINFO cannot be used"],
  ["prints a .SRCINFO of its own", `echo 'pkgbase = x'\n${pkgbuildOf("y")}`, "only once"],
])("a PKGBUILD that %s is refused with what was wrong", async (_what, pkgbuild, reason) => {
  const answer = await answerOf(kiln.post("/package/add", raw(pkgbuild)));

  expect(answer.status).toBe(422);
  expect(answer.text).toContain(reason);
  expect(await listed()).toEqual([]);
});
