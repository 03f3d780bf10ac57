import { openState } from "#shared/state/open.ts";
import { signatures } from "#shared/state/signatures.ts";

// A process of its own that counts up in a database that others count up in too: `bun state-writer.ts <url> <name> <times>`.
const [url = "", name = "", times = ""] = process.argv.slice(2);
await using state = await openState(url);
for (let index = 0; index < Number(times); index++)
  await state.write(async (transaction) => {
    const before = await transaction.$count(signatures);
    await transaction
      .insert(signatures)
      .values({ sha256: `${name}-${index}`, fingerprint: `${before}`, signature: "", signedAt: 0 });
  });
