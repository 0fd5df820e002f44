// Login page: what a browser shows when a login has come back to this program. It loads nothing,
// and nobody keeps it.

/** `text` may hold anything: it is shown as it is. */
export function loginPage(status: number, title: string, text: string): Response {
  const body = `<!doctype html><meta charset="utf-8"><title>${title}</title>
<h1>${title}</h1><p>${Bun.escapeHTML(text)}</p>`;
  return new Response(body, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
      connection: "close",
    },
  });
}
