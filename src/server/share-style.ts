// How the page of a shared session looks: one column, light or dark as the reader's system is, the
// system's own fonts. Text of this file goes to the page as it is.

export const SHARE_STYLE = `
:root { color-scheme: light dark; --back: #fff; --fore: #1c1c1e; --soft: #6b6b70; --line: #dcdce0;
  --box: #f5f5f7; --link: #0a58ca; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --back: #131316; --fore: #e7e7ea; --soft: #9a9aa2;
  --line: #34343a; --box: #1d1d21; --link: #7cb0ff; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 52rem; background: var(--back);
  color: var(--fore); font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere;
  -webkit-text-size-adjust: 100%; }
h1 { margin: 0; font-size: 1.3rem; line-height: 1.3; }
h3, h4, h5, h6 { margin: 1rem 0 .4rem; font-size: 1.05rem; }
#head p, article > header, .note { margin: .2rem 0; color: var(--soft); font-size: .85rem; }
article { margin: 1.2rem 0; padding-top: .6rem; border-top: 1px solid var(--line); }
article.user > section { padding: .6rem .8rem; border-radius: .5rem; background: var(--box); }
p { margin: .5rem 0; white-space: pre-line; }
.said { white-space: pre-wrap; }
a { color: var(--link); }
pre { margin: .5rem 0; padding: .6rem .8rem; max-height: 30rem; overflow: auto;
  border-radius: .4rem; background: var(--box); font: .82rem/1.45 ui-monospace, monospace;
  white-space: pre-wrap; }
code { font: .88em ui-monospace, monospace; }
pre code { font: inherit; }
details { margin: .4rem 0; padding: .3rem .7rem; border: 1px solid var(--line);
  border-radius: .4rem; }
summary { min-height: 1.8rem; cursor: pointer; color: var(--soft); }
summary b { color: var(--fore); }
.error { color: var(--bad); }
.table { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { padding: .25rem .6rem; border: 1px solid var(--line); text-align: left; }
blockquote { margin: .5rem 0; padding-left: .8rem; border-left: 3px solid var(--line); }
ul, ol { padding-left: 1.4rem; }
`;
