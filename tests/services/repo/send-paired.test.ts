import { expect, test } from "vitest";
import { startRepo } from "../../support/repo.ts";
import { insertPackage } from "../../support/rows.ts";

const small = "/x86_64/foo-1.0-1-x86_64.pkg.tar.gz";

const setup = async () => {
  const it = await startRepo({ SIGN_KEY_GENERATE: "true" });
  await insertPackage(it.world.state, "foo");
  await it.publish();
  return it;
};

const etags = (responses: readonly Response[]) =>
  responses.map(({ headers }) => headers.get("etag"));

test("pacman is sent to one generation by a relative address, whose database and signature stay a pair", async () => {
  await using it = await setup();
  const pacman = { headers: { "user-agent": "pacman/6.0.2 (Linux x86_64) libalpm/13.0.2" } };

  const sent = await it.fetch("/x86_64/serene.db", pacman);
  const location = sent.headers.get("location") ?? "";
  const pair = [`/x86_64/${location}`, `/x86_64/${location}.sig`];
  const before = await Promise.all(pair.map((path) => it.fetch(path)));
  await it.publish({ version: "2.0-1" });
  const after = await Promise.all(pair.map((path) => it.fetch(path)));

  expect([sent.status, location]).toEqual([
    307,
    expect.stringMatching(/^generation\/\d+\/serene\.db$/),
  ]);
  expect(after.map(({ status }) => status)).toEqual([200, 200]);
  expect(etags(after)).toEqual(etags(before));
});

test.each(["serene.db", "serene.db.tar.gz", "serene.files", "serene.files.tar.gz"])(
  "a client that follows no redirect gets the signature of the %s that it has",
  async (name) => {
    await using it = await setup();
    const wget = { headers: { "user-agent": "Wget/1.21" } };
    const curl = { headers: { "user-agent": "curl/8.5" } };

    const first = await it.fetch(`/x86_64/${name}`, wget);
    const itsSignature = await it.fetch(`/x86_64/${name}.sig`, curl);
    await it.publish({ version: "2.0-1" });
    const signature = await it.fetch(`/x86_64/${name}.sig`, wget);
    const rest = await it.fetch(`/x86_64/${name}`, {
      headers: { ...wget.headers, range: "bytes=10-" },
    });
    const second = await it.fetch(`/x86_64/${name}`, wget);
    const newSignature = await it.fetch(`/x86_64/${name}.sig`, wget);
    const current = await it.fetch(`/x86_64/${name}.sig`, curl);

    expect(etags([signature, rest])).toEqual(etags([itsSignature, first]));
    expect(etags([newSignature])).toEqual(etags([current]));
    expect(etags([signature, first])).not.toEqual(etags([current, second]));
  },
);

test("a proxy that follows redirects for pacman gets the signature of the database that it was sent to", async () => {
  await using it = await setup();
  const proxy = { headers: { "user-agent": "pacman/6.0.2", "x-forwarded-for": "192.0.2.1" } };
  const sent = await it.fetch("/x86_64/serene.db", proxy);
  await it.publish({ version: "2.0-1" });

  const signature = await it.fetch("/x86_64/serene.db.sig", proxy);

  const pinned = await it.fetch(`/x86_64/${sent.headers.get("location")}.sig`);
  expect(etags([signature])).toEqual(etags([pinned]));
});

test("caches ask again for whatever is not the same for ever under its address", async () => {
  await using it = await setup();
  const paths = ["serene.db", "serene.db.sig", "package/foo", `${small.slice(8)}.sig`];

  const answers = await Promise.all(
    [small.slice(8), ...paths].map((path) => it.fetch(`/x86_64/${path}`)),
  );

  expect(answers.map(({ headers }) => headers.get("cache-control"))).toEqual([
    null,
    ...paths.map(() => "no-cache"),
  ]);
});
