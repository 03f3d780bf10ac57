import { serve } from "#shared/runtime.ts";

// Asks a server of its own, and prints the address that the server says the request comes from.
await using server = await serve((_, peer) => new Response(peer()), "127.0.0.1", 0);
console.log(await (await fetch(`http://127.0.0.1:${server.port}/`)).text());
