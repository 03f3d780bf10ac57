/** A page of links to files, by name; `folder` is what their addresses begin with, with its slash. */
export const listingPage = (pathname: string, folder: string, filenames: Iterable<string>) => {
  const title = `Index of ${plain(pathname)}`;
  const items = [...filenames]
    .sort()
    .map(
      (name) =>
        `<li><a href="${plain(`${folder}${encodeURIComponent(name)}`)}">${plain(name)}</a></li>`,
    );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>${title}</title>
<style>body{font:1rem/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
ul{list-style:none;padding:0}a{font-family:ui-monospace,monospace;overflow-wrap:anywhere}</style>
</head><body><h1>${title}</h1><ul>${items.join("\n")}</ul></body></html>
`;
};

const plain = (text: string) => text.replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);
