import { startRepo } from "./repo.ts";
import { insertPackage } from "./rows.ts";

// Publishes one version after the other into the directory named first, counting from the number named second,
// until it is killed. Says each number before it begins and after it ended.
const [, , directory = "", first = "0"] = process.argv;
const it = await startRepo(
  { SIGN_KEY_GENERATE: "true" },
  { at: Date.now(), directory, alone: true },
);
const names = Array.from({ length: 5 }, (_, i) => `package-${i}`);
if (first === "0") for (const name of names) await insertPackage(it.world.state, name);

for (let n = Number(first); ; n++) {
  process.stdout.write(`begins ${n}\n`);
  const pkgbase = names[n % names.length] ?? "";
  await it.publish({ pkgbase, pkgnames: [pkgbase, `${pkgbase}-docs`], version: `1.${n}-1` });
  process.stdout.write(`ended ${n}\n`);
}
