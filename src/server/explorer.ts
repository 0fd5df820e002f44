// The explorer: a page in which a person reads the document of the API and tries its operations.
// All of it is inside the program, and the page may load from nowhere else. Imported when a page
// is first asked for.
import script from "swagger-ui-dist/swagger-ui-bundle.js" with { type: "file" };
import style from "#explorer.css" with { type: "file" };

/** Styles are set on elements, by the program of the page and by images in its style sheet. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>opencode API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/doc/explorer.css">
<div id="explorer"></div>
<script src="/doc/explorer.js"></script>
<script src="/doc/start.js"></script>
</html>
`;

const START = `SwaggerUIBundle({
  url: "/doc",
  dom_id: "#explorer",
  deepLinking: true,
  docExpansion: "none",
  // Its answer would come from another host.
  validatorUrl: null,
});
`;

/** The page itself. */
export function explorerPage(): Response {
  return new Response(PAGE, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": POLICY,
      "referrer-policy": "no-referrer",
      vary: "Accept, Origin",
    },
  });
}

/** What the page loads, by its name behind `/doc/`; undefined for any other name. */
export function explorerFile(name: string): Response | undefined {
  const javascript = "text/javascript; charset=utf-8";
  switch (name) {
    case "explorer.js":
      return answer(Bun.file(script), javascript);
    case "explorer.css":
      return answer(Bun.file(style), "text/css; charset=utf-8");
    case "start.js":
      return answer(START, javascript);
    default:
      return undefined;
  }
}

function answer(content: Bun.BunFile | string, type: string): Response {
  const headers = { "content-type": type, "cache-control": "private, max-age=3600" };
  return new Response(content, { headers });
}
